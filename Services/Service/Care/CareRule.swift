import Contracts
import Foundation

/// What is done for a customer so many calendar months after hand-over.
struct CareRule: Sendable, Equatable {
    /// `decoration-guide`.
    let step: String
    let version: Int
    let months: Int
    /// Of the day, from midnight: 600 is ten in the morning.
    let minute: Int

    /// When the step is due: the same day of the month `months` later, or the month's last day where there is no such
    /// day, at `minute` by the clock on the wall in `zone`.
    func due(after handover: Date, in zone: TimeZone) -> Date {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        // Adding months to a date that exists gives a date that exists; the calendar clips to the month's last day.
        let day = calendar.date(byAdding: .month, value: months, to: calendar.startOfDay(for: handover)) ?? handover
        return calendar.date(
            bySettingHour: minute / 60,
            minute: minute % 60,
            second: 0,
            of: calendar.startOfDay(for: day)
        ) ?? day
    }

    /// Why the step is due then.
    func why(handover: Date, due: Date, in zone: TimeZone) -> Why {
        Why(
            rule: "care.\(step)",
            version: version,
            inputs: [
                "handedOverAt": Wire.text(of: handover), "months": "\(months)", "minuteOfDay": "\(minute)",
                "zone": zone.identifier, "dueAt": Wire.text(of: due),
            ],
            otherwise: "Another hand-over date would have moved it."
        )
    }
}

/// A step of one hand-over's care plan.
struct CareStep: Sendable, Equatable {
    let handoverID: HandoverID
    let step: String
    var dueAt: Date
    /// Nil as long as it is only planned.
    var sentAt: Date?
    let why: Why
}
