import Contracts
import Failures
import Foundation
import Policies

/// When an agent works, besides the switch that says whether they are there now.
struct Attendance: Codable, Sendable, Equatable {
    /// Days on which they do not, both ends included; as `2026-12-24`.
    struct Leave: Codable, Sendable, Equatable {
        var first: String
        var last: String
    }

    /// Hours by weekday, `1` for Monday; without any at all they may work at any hour.
    var week: [String: [BusinessCalendar.Interval]] = [:]
    var leaves: [Leave] = []
    /// Leads a day at most; nil for as many as they have room for.
    var perDay: Int?

    /// - Throws: a ``Rejection`` that names the field.
    func check() throws {
        for (day, hours) in week {
            guard let number = Int(day), (1...7).contains(number) else {
                throw Rejection.invalid("week/\(day)", "weekday", "Days are 1 for Monday to 7 for Sunday.")
            }
            try Hours.check(hours, field: "week/\(day)")
        }
        for leave in leaves {
            guard let first = LocalTime.day(of: leave.first), let last = LocalTime.day(of: leave.last), first <= last
            else {
                throw Rejection.invalid(
                    "leaves",
                    "leave-malformed",
                    "A leave is two days such as 2026-12-24, in order."
                )
            }
        }
        guard Set(leaves.map(\.first)).count == leaves.count else {
            throw Rejection.invalid("leaves", "leave-malformed", "Two leaves begin on the same day.")
        }
        guard perDay.map({ (0...1_000).contains($0) }) ?? true else {
            throw Rejection.invalid("perDay", "out-of-range", "The quota is a number from 0 to 1000, or empty.")
        }
    }

    /// The next moment at which the agent comes or has been gone for as long as is waited; nil while nothing is planned.
    func nextChange(after now: Date, patience: Double) -> Date? {
        let today = LocalTime(now).day
        var moments: [Date] = []
        for day in (today - 1)...(today + 8) {
            for hours in week["\(LocalTime.weekday(of: day))"] ?? [] {
                moments.append(LocalTime.moment(day: day, minute: hours.from))
                moments.append(LocalTime.moment(day: day, minute: hours.to).addingTimeInterval(patience))
            }
        }
        for leave in leaves {
            guard let first = LocalTime.day(of: leave.first), let last = LocalTime.day(of: leave.last) else { continue }
            moments.append(LocalTime.moment(day: first, minute: 0).addingTimeInterval(patience))
            moments.append(LocalTime.moment(day: last + 1, minute: 0))
        }
        return moments.filter { $0 > now }.min()
    }
}

/// What becomes of leads whose owner is not there.
struct AbsencePolicy: Policy {
    static let name = "assign.absence"
    static let standard = AbsencePolicy()

    /// Minutes that somebody may be away before what they have not answered goes to others.
    var patience = 10

    static let fields: [PolicyField<AbsencePolicy>] = [
        PolicyField(\.patience, "patience", .minutes, 0...1_440)
    ]
}
