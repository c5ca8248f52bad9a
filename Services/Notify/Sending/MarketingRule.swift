import Contracts
import Failures
import Foundation

/// When and how often people are sent what they did not ask for: steps of sequences and messages to many.
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
    /// Nothing is sent in between; nil for round the clock.
    var quiet: QuietHours? = QuietHours(from: .init(hour: 21, minute: 0), until: .init(hour: 9, minute: 0))
    /// What reaches a person at most, whatever the number of means by which it comes: from midnight, and from Monday.
    var perDay = 1
    var perWeek = 2
    /// What could not be sent for so long is old.
    var expiresAfterHours = 48

    /// Judges a message that was written at an instant and belongs to a sending; `sent` has the times of the person's
    /// sendings since the beginning of the week, this one's other messages among them.
    func verdict(writtenAt: Date, sending: String, sent: [String: Date], at now: Date) -> Verdict {
        let expiry = writtenAt.addingTimeInterval(Double(expiresAfterHours) * 3_600)
        guard now < expiry else { return .drop("expired", detail: nil) }
        if let end = quietUntil(at: now) { return end < expiry ? .hold(until: end) : .drop("expired", detail: nil) }
        let others = sent.filter { $0.key != sending }.values
        let (week, day) = (weekStart(of: now), calendar.startOfDay(for: now))
        let (thisWeek, today) = (others.count { $0 >= week }, others.count { $0 >= day })
        if thisWeek >= perWeek { return .drop("cap-week", detail: "\(thisWeek)/\(perWeek)") }
        if today >= perDay { return .drop("cap-day", detail: "\(today)/\(perDay)") }
        return .send
    }

    /// When the quiet hours end that an instant falls into; nil when it falls into none.
    func quietUntil(at now: Date) -> Date? {
        guard let quiet else { return nil }
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

/// The hours of a day at which people are left alone.
struct QuietHours: Sendable, Equatable {
    struct Time: Sendable, Equatable, Comparable {
        let hour: Int
        let minute: Int

        static func < (one: Time, other: Time) -> Bool { (one.hour, one.minute) < (other.hour, other.minute) }
    }

    let from: Time
    let until: Time

    init(from: Time, until: Time) {
        self.from = from
        self.until = until
    }

    /// - Throws: a ``Rejection`` when a text is not like `21:00-09:00`.
    init(_ text: String) throws {
        guard let match = text.wholeMatch(of: /(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})/),
            let fromHour = Int(match.1), let fromMinute = Int(match.2),
            let untilHour = Int(match.3), let untilMinute = Int(match.4),
            max(fromHour, untilHour) < 24, max(fromMinute, untilMinute) < 60,
            (fromHour, fromMinute) != (untilHour, untilMinute)
        else {
            let hint = "LINTEL_QUIET_HOURS is two different times of day such as 21:00-09:00, or none."
            throw Rejection.invalid("LINTEL_QUIET_HOURS", "not-hours", hint)
        }
        self.init(from: Time(hour: fromHour, minute: fromMinute), until: Time(hour: untilHour, minute: untilMinute))
    }

    func contains(_ time: Time) -> Bool {
        from < until ? from <= time && time < until : from <= time || time < until
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
