/// How a period is cut where its course is shown: a month by days, half a year by weeks from Monday on, the rest by months.
enum ReturnStep: String, Sendable {
    case day
    case week
    case month

    init(for period: Period) { self = period.days <= 31 ? .day : period.days <= 183 ? .week : .month }

    /// The parts of a period, one behind the other; the first and the last may be cut off by its ends.
    func parts(of period: Period) -> [Period] {
        var parts: [Period] = []
        var from = period.from
        while from <= period.to {
            let part = Period(from: from, to: min(lastDay(with: from), period.to))
            parts.append(part)
            from = part.to.advanced(by: 1)
        }
        return parts
    }

    private func lastDay(with day: Day) -> Day {
        switch self {
        case .day: day
        case .week: day.advanced(by: 6 - day.daysSinceMonday)
        case .month: day.firstOfMonth.advanced(by: day.daysInMonth - 1)
        }
    }
}

/// What marketing cost and brought, step by step.
struct ReturnCourse: Sendable, Equatable {
    struct Part: Sendable, Equatable {
        let period: Period
        let line: ReturnLine
    }

    let step: ReturnStep
    let parts: [Part]

    /// `days` says what the leads of each day came to, `costs` what marketing cost in a part.
    init(_ period: Period, days: [Day: ReturnLine], costs: (Period) -> ReturnCosts) {
        step = ReturnStep(for: period)
        parts = step.parts(of: period).map { part in
            let none = ReturnLine(channel: "", campaign: "")
            var line = (part.from.number...part.to.number).reduce(none) { sum, day in
                sum + (days[Day(number: day)] ?? none)
            }
            line.cost = costs(part).byPlace.values.reduce(0, +)
            return Part(period: part, line: line)
        }
    }
}
