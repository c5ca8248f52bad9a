import Failures
import Foundation

/// When the office is open: several times a day, not on holidays, by the office's clock on the wall.
struct BusinessCalendar: Codable, Sendable, Equatable {
    /// Minutes since midnight; the end is not worked any more.
    struct Interval: Codable, Sendable, Equatable {
        var from: Int
        var to: Int
    }

    /// By weekday, `1` for Monday … `7` for Sunday; a day that is missing is closed.
    var week: [String: [Interval]]
    /// Days that are closed, as `2026-10-01`.
    var holidays: Set<String> = []
    /// Days that are worked as a Monday is although they are none: what is made up for a long holiday.
    var workdays: Set<String> = []

    /// Every day from nine to nine.
    static let standard = BusinessCalendar(
        week: Dictionary(uniqueKeysWithValues: (1...7).map { ("\($0)", [Interval(from: 540, to: 1_260)]) })
    )

    /// A calendar that is never open so long would have no deadlines.
    private static let horizon = 400

    /// What is open on a day of the office's calendar.
    func intervals(on day: Int) -> [Interval] {
        if holidays.isEmpty, workdays.isEmpty { return hours(of: LocalTime.weekday(of: day)) }
        let date = LocalTime.date(of: day)
        if holidays.contains(date) { return [] }
        return hours(of: workdays.contains(date) ? 1 : LocalTime.weekday(of: day))
    }

    private func hours(of weekday: Int) -> [Interval] { (week["\(weekday)"] ?? []).sorted { $0.from < $1.from } }

    /// The moment at which so many seconds were open since another.
    ///
    /// Where the office does not open for a year, the clock on the wall counts.
    func deadline(from start: Date, after seconds: Double, zone: TimeZone = LocalTime.zone) -> Date {
        var left = seconds
        let first = LocalTime(start, zone: zone).day
        for day in first...(first + Self.horizon) {
            for interval in intervals(on: day) {
                let opens = max(start, LocalTime.moment(day: day, minute: interval.from, zone: zone))
                let closes = LocalTime.moment(day: day, minute: interval.to, zone: zone)
                let open = closes.timeIntervalSince(opens)
                guard open > 0 else { continue }
                if left <= open { return opens.addingTimeInterval(left) }
                left -= open
            }
        }
        return start.addingTimeInterval(seconds)
    }

    /// - Throws: a ``Rejection`` that names the day at fault.
    func check() throws {
        for (day, intervals) in week {
            guard let number = Int(day), (1...7).contains(number) else {
                throw Rejection.invalid("week/\(day)", "weekday", "Days are 1 for Monday to 7 for Sunday.")
            }
            try Hours.check(intervals, field: "week/\(day)")
        }
        guard week.values.contains(where: { !$0.isEmpty }) else {
            throw Rejection.invalid("week", "always-closed", "The office is open at some time of the week.")
        }
        for date in holidays.union(workdays) where LocalTime.day(of: date) == nil {
            throw Rejection.invalid("holidays", "date-malformed", "Days are written as 2026-10-01.")
        }
    }
}

extension LocalTime {
    /// 1 for Monday … 7 for Sunday.
    static func weekday(of day: Int) -> Int { (day + 3) - (day + 3).dividedFloor(by: 7) * 7 + 1 }

    /// The moment at which a clock on the wall shows this.
    static func moment(day: Int, minute: Int, zone: TimeZone = LocalTime.zone) -> Date {
        let wall = Date(timeIntervalSince1970: Double(day) * 86_400 + Double(minute) * 60)
        let guess = wall.addingTimeInterval(-Double(zone.secondsFromGMT(for: wall)))
        // Where the zone changes between the two, the offset at the moment itself counts.
        return wall.addingTimeInterval(-Double(zone.secondsFromGMT(for: guess)))
    }

    /// `2026-11-22` as days since 1970.
    static func day(of text: String) -> Int? {
        guard text.wholeMatch(of: /\d{4}-\d{2}-\d{2}/) != nil,
            let date = try? Date(text + "T00:00:00Z", strategy: .iso8601)
        else { return nil }
        let day = Int((date.timeIntervalSince1970 / 86_400).rounded(.down))
        return self.date(of: day) == text ? day : nil
    }
}

/// Hours of a day as people write them: `09:00-12:00, 13:00-18:00`.
enum Hours {
    static func text(_ intervals: [BusinessCalendar.Interval]) -> String {
        intervals.map { "\(clock($0.from))-\(clock($0.to))" }.joined(separator: ", ")
    }

    /// - Throws: a ``Rejection`` of the field.
    static func read(_ text: String, field: String) throws -> [BusinessCalendar.Interval] {
        let intervals = try text.split { ",，、;".contains($0) }.map { part in
            let trimmed = part.trimmingCharacters(in: .whitespaces)
            guard let match = trimmed.wholeMatch(of: /(\d{1,2}):(\d{2})\s*[-–~]\s*(\d{1,2}):(\d{2})/) else {
                throw Rejection.invalid(field, "hours-malformed", "Hours are written as 09:00-12:00, 13:00-18:00.")
            }
            let numbers = [match.1, match.2, match.3, match.4].map { Int($0) ?? 0 }
            return BusinessCalendar.Interval(from: numbers[0] * 60 + numbers[1], to: numbers[2] * 60 + numbers[3])
        }
        try check(intervals, field: field)
        return intervals.sorted { $0.from < $1.from }
    }

    static func check(_ intervals: [BusinessCalendar.Interval], field: String) throws {
        let sorted = intervals.sorted { $0.from < $1.from }
        let isSound = sorted.allSatisfy { $0.from >= 0 && $0.from < $0.to && $0.to <= 1_440 }
        guard isSound, zip(sorted, sorted.dropFirst()).allSatisfy({ $0.to <= $1.from }) else {
            throw Rejection.invalid(
                field,
                "hours-overlap",
                "Each time begins before it ends, within the day, and none begins before the last has ended."
            )
        }
    }

    private static func clock(_ minute: Int) -> String {
        let parts = [minute / 60, minute % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }
        return parts.joined(separator: ":")
    }
}
