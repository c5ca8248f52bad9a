import Failures
import Foundation

/// A day of the calendar, whatever the time of day.
struct Day: Sendable, Hashable, Comparable {
    /// Days since 1 January 1970.
    let number: Int

    init(number: Int) { self.number = number }

    /// The day that an instant falls on where the office is.
    init(_ instant: Date, in zone: TimeZone) {
        let local = instant.timeIntervalSince1970 + Double(zone.secondsFromGMT(for: instant))
        number = Int((local / 86_400).rounded(.down))
    }

    /// `2026-11-22`; nil for what is no day.
    init?(_ text: String) {
        guard let match = text.wholeMatch(of: /([0-9]{4})-([0-9]{2})-([0-9]{2})/), let year = Int(match.1),
            let month = Int(match.2), let day = Int(match.3), year >= 1970
        else { return nil }
        number = Day.number(year, month, day)
        guard self.text == text else { return nil }
    }

    /// A day that a form or an address names.
    /// - Throws: a ``Rejection`` that names the field.
    init(_ text: String, field: String) throws {
        guard let day = Day(text) else {
            throw Rejection.invalid(field, "not-a-day", "\(field) is a day such as 2026-11-22.")
        }
        self = day
    }

    var text: String {
        let (year, month, day) = parts
        func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
        return "\(year)-\(two(month))-\(two(day))"
    }

    /// How many days its month has.
    var daysInMonth: Int {
        let (year, month, _) = parts
        let next = month == 12 ? Day.number(year + 1, 1, 1) : Day.number(year, month + 1, 1)
        return next - Day.number(year, month, 1)
    }

    var firstOfMonth: Day {
        let (year, month, _) = parts
        return Day(number: Day.number(year, month, 1))
    }

    /// Counted from 1, as calendars do.
    var dayOfMonth: Int { parts.day }

    /// 0 on Mondays; the first day of all was a Thursday.
    var daysSinceMonday: Int { (number + 3) % 7 }

    func advanced(by days: Int) -> Day { Day(number: number + days) }

    static func < (left: Day, right: Day) -> Bool { left.number < right.number }

    /// Year, month and day, by counting from 1 March of the year 0, when leap days come last.
    private var parts: (year: Int, month: Int, day: Int) {
        let shifted = number + 719_468
        let era = shifted / 146_097
        let ofEra = shifted - era * 146_097
        let yearOfEra = (ofEra - ofEra / 1_460 + ofEra / 36_524 - ofEra / 146_096) / 365
        let ofYear = ofEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * ofYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, ofYear - (153 * shiftedMonth + 2) / 5 + 1)
    }

    private static func number(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let ofYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + ofYear - 719_468
    }
}
