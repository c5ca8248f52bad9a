import Contracts
import Foundation
import Policies

/// Judges what people did not ask for, by the policy as it is now.
///
/// What somebody waits for (answers, receipts, alarms, reminders) knows no quiet hours and is not counted.
struct MarketingRule: Sendable, Equatable {
    enum Verdict: Equatable {
        case send
        /// It waits for the end of the quiet hours.
        case hold(until: Date)
        /// With a stable slug that says why not, and figures.
        case drop(String, detail: String?)
    }

    /// Where the day of the recipients begins.
    let zone: TimeZone
    let policy: Versioned<MarketingPolicy>

    /// Judges a message that was written at an instant and belongs to a sending; `sent` has the times of the person's
    /// sendings since the beginning of the week, this one's other messages among them.
    func verdict(writtenAt: Date, sending: String, sent: [String: Date], at now: Date) -> Verdict {
        let limits = policy.value
        let expiry = writtenAt.addingTimeInterval(Double(limits.expiresAfter) * 3_600)
        guard now < expiry else { return .drop("expired", detail: nil) }
        if let end = quietUntil(at: now) { return end < expiry ? .hold(until: end) : .drop("expired", detail: nil) }
        let others = sent.filter { $0.key != sending }.values
        let (week, day) = (weekStart(of: now), calendar.startOfDay(for: now))
        let (thisWeek, today) = (others.count { $0 >= week }, others.count { $0 >= day })
        if thisWeek >= limits.perWeek { return .drop("cap-week", detail: "\(thisWeek)/\(limits.perWeek)") }
        if today >= limits.perDay { return .drop("cap-day", detail: "\(today)/\(limits.perDay)") }
        return .send
    }

    /// Why a message is held or dropped: the policy with its version and the numbers that it was judged by.
    func why(_ verdict: Verdict) -> Contracts.Why? {
        let limits = policy.value
        let inputs: [String: String]
        switch verdict {
        case .send: return nil
        case .hold:
            inputs = [
                "quietFrom": PolicyNumber.text(Double(limits.quietFrom), .timeOfDay),
                "quietUntil": PolicyNumber.text(Double(limits.quietUntil), .timeOfDay),
            ]
        case .drop("cap-day", let figures): inputs = ["sent": figures ?? "", "perDay": "\(limits.perDay)"]
        case .drop("cap-week", let figures): inputs = ["sent": figures ?? "", "perWeek": "\(limits.perWeek)"]
        case .drop: inputs = ["expiresAfter": "\(limits.expiresAfter)"]
        }
        return Contracts.Why(
            rule: MarketingPolicy.name,
            version: policy.version,
            inputs: inputs,
            otherwise: "What a customer waits for is not held, and is not counted."
        )
    }

    /// When the quiet hours end that an instant falls into; nil when it falls into none.
    func quietUntil(at now: Date) -> Date? {
        guard let quiet = policy.value.quiet else { return nil }
        let parts = calendar.dateComponents([.hour, .minute], from: now)
        guard quiet.contains(.init(hour: parts.hour ?? 0, minute: parts.minute ?? 0)) else { return nil }
        // By the calendar, not by adding hours: where clocks are changed, a night is longer or shorter.
        let end = DateComponents(hour: quiet.until.hour, minute: quiet.until.minute, second: 0)
        return calendar.nextDate(after: now, matching: end, matchingPolicy: .nextTime)
    }

    /// Midnight before Monday.
    func weekStart(of now: Date) -> Date {
        calendar.dateInterval(of: .weekOfYear, for: now)?.start ?? calendar.startOfDay(for: now)
    }

    private var calendar: Calendar {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        calendar.firstWeekday = 2
        return calendar
    }
}

extension Message {
    /// What the person did not ask for.
    var isMarketing: Bool { Message.marketing.contains(causeName) }

    /// The events whose messages are marketing: a step of a sequence, and one of many.
    static let marketing = [NurtureDue.name.text, AudienceReady.name.text]

    /// What it is part of, by whichever means and under whichever UID it comes: people see one.
    var sending: String { audienceID?.wire ?? causeID }
}
