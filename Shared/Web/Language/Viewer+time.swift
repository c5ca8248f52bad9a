import Contracts
import Failures
public import Foundation

extension Viewer {
    /// A moment for `<time>`: relative, with the exact one beside it.
    public func time(_ date: Date) -> TimeText {
        TimeText(iso: Wire.text(of: date), text: relative(date), exact: instant(date))
    }

    /// A moment that is due, with a clock that turns amber before and red after.
    public func clock(due: Date, soon: Duration = .seconds(1_800)) -> Clock {
        let left = due.timeIntervalSince(now)
        let soonSeconds = Int(soon.components.seconds)
        return Clock(
            iso: Wire.text(of: due),
            text: left < 0 ? text("time.overdue", ["time": span(-left)]) : text("time.due", ["time": span(left)]),
            exact: instant(due),
            state: left < 0 ? "late" : left < Double(soonSeconds) ? "soon" : "calm",
            soonSeconds: soonSeconds
        )
    }

    /// "3 minutes ago", "in 2 hours"; beyond a week the day.
    public func relative(_ date: Date) -> String {
        let distance = date.timeIntervalSince(now)
        if abs(distance) < 45 { return text("time.now") }
        if abs(distance) > 7 * 86_400 { return day(date) }
        return distance < 0 ? text("time.ago", ["time": span(-distance)]) : text("time.in", ["time": span(distance)])
    }

    /// A length of time in its largest unit.
    public func span(_ seconds: TimeInterval) -> String {
        let minutes = Int((seconds / 60).rounded())
        if minutes < 60 { return text("time.minutes", count: max(1, minutes)) }
        if minutes < 48 * 60 { return text("time.hours", count: Int((seconds / 3_600).rounded())) }
        return text("time.days", count: Int((seconds / 86_400).rounded()))
    }

    /// 22 Nov 2026, 2026年11月22日, in the configured zone.
    public func day(_ date: Date) -> String {
        let parts = calendar.dateComponents([.year, .month, .day], from: date)
        let (year, month, day) = (parts.year ?? 0, parts.month ?? 1, parts.day ?? 1)
        return switch language {
        case .english: "\(day) \(Self.months[month - 1]) \(year)"
        case .chinese: "\(year)年\(month)月\(day)日"
        }
    }

    /// 22 Nov 2026, 15:04, in the configured zone.
    public func instant(_ date: Date) -> String {
        let parts = calendar.dateComponents([.hour, .minute], from: date)
        let separator = language == .english ? ", " : " "
        return day(date) + separator + Self.two(parts.hour ?? 0) + ":" + Self.two(parts.minute ?? 0)
    }

    /// The beginning of a day that a form sent (`2026-11-22`), in the configured zone.
    public func day(_ text: String, field: String) throws -> Date {
        try moment(text + "T00:00", field: field)
    }

    /// The moment that a form sent (`2026-11-22T15:04`), in the configured zone.
    public func moment(_ text: String, field: String) throws -> Date {
        let malformed = Rejection.invalid(field, "date-malformed", self.text("form.date-malformed"))
        guard let match = text.wholeMatch(of: /(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})(:\d{2})?/) else {
            throw malformed
        }
        var parts = DateComponents()
        parts.year = Int(match.1)
        parts.month = Int(match.2)
        parts.day = Int(match.3)
        parts.hour = Int(match.4)
        parts.minute = Int(match.5)
        guard parts.isValidDate(in: calendar), let date = calendar.date(from: parts) else { throw malformed }
        return date
    }

    /// The text that a `datetime-local` field shows for a moment.
    public func fieldText(_ date: Date) -> String {
        let parts = calendar.dateComponents([.year, .month, .day, .hour, .minute], from: date)
        let days = [parts.month, parts.day].map { Self.two($0 ?? 0) }
        let hours = [parts.hour, parts.minute].map { Self.two($0 ?? 0) }
        return "\(parts.year ?? 0)-\(days.joined(separator: "-"))T\(hours.joined(separator: ":"))"
    }

    private var calendar: Calendar {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        return calendar
    }

    private static func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }

    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
}
