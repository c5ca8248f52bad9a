import Foundation

/// An instant to the millisecond, written and read digit by digit: every event has several, and Foundation asks a
/// calendar for each.
struct Instant {
    /// Since 1970.
    let milliseconds: Int64

    init(milliseconds: Int64) { self.milliseconds = milliseconds }

    var date: Date { Date(millisecondsSince1970: milliseconds) }

    /// `2026-11-22T03:04:05.678Z`; nil when the year has not four digits.
    var text: String? {
        let (seconds, fraction) = milliseconds.floored(by: 1_000)
        let (days, second) = seconds.floored(by: 86_400)
        let day = Day(number: days)
        guard (1_583...9_999).contains(day.year) else { return nil }
        var digits = InstantWriter()
        digits.add(day.year, 4, then: "-")
        digits.add(day.month, 2, then: "-")
        digits.add(day.day, 2, then: "T")
        digits.add(second / 3_600, 2, then: ":")
        digits.add(second / 60 % 60, 2, then: ":")
        digits.add(second % 60, 2, then: ".")
        digits.add(fraction, 3, then: "Z")
        return String(decoding: digits.bytes, as: UTF8.self)
    }

    /// Reads the usual forms, `2026-11-22T03:04:05Z` with or without milliseconds and with any offset; of all others it
    /// says nothing.
    init?(_ text: String) {
        var text = text
        guard let milliseconds = text.withUTF8({ InstantReader($0).milliseconds() }) else { return nil }
        self.milliseconds = milliseconds
    }
}

/// A day of the Gregorian calendar, extended to all time.
///
/// Counted in years that begin in March, so that the day that comes and goes is a year's last
/// (H. Hinnant, "chrono-Compatible Low-Level Date Algorithms").
struct Day {
    let year: Int64
    let month: Int64
    let day: Int64

    /// Days in 400 years, and from 0000-03-01 to 1970-01-01.
    private static let era: Int64 = 146_097
    private static let epoch: Int64 = 719_468

    init(year: Int64, month: Int64, day: Int64) {
        self.year = year
        self.month = month
        self.day = day
    }

    /// The day so many days after 1970-01-01.
    init(number: Int64) {
        let (era, dayOfEra) = (number + Day.epoch).floored(by: Day.era)
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// How many days after 1970-01-01.
    var number: Int64 {
        let (era, yearOfEra) = (month <= 2 ? year - 1 : year).floored(by: 400)
        let monthFromMarch = month > 2 ? month - 3 : month + 9
        let dayOfYear = (153 * monthFromMarch + 2) / 5 + day - 1
        return era * Day.era + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - Day.epoch
    }

    /// Whether the calendar has it.
    var exists: Bool {
        guard (1...12).contains(month) else { return false }
        let leaps = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let length: Int64 = month == 2 ? (leaps ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
        return (1...length).contains(day)
    }
}

private struct InstantWriter {
    private(set) var bytes: [UInt8] = []

    init() { bytes.reserveCapacity(24) }

    mutating func add(_ number: Int64, _ width: Int, then mark: Unicode.Scalar) {
        var scale: Int64 = 1
        for _ in 1..<width { scale *= 10 }
        while scale > 0 {
            bytes.append(UInt8(ascii: "0") + UInt8(number / scale % 10))
            scale /= 10
        }
        bytes.append(UInt8(ascii: mark))
    }
}

/// Goes through the text of an instant once.
private struct InstantReader {
    private let text: UnsafeBufferPointer<UInt8>
    private var place = 0

    init(_ text: UnsafeBufferPointer<UInt8>) { self.text = text }

    consuming func milliseconds() -> Int64? {
        guard let year = number(4), take("-"), let month = number(2), take("-"), let day = number(2), take("T"),
            let hour = number(2), take(":"), let minute = number(2), take(":"), let second = number(2)
        else { return nil }
        let date = Day(year: year, month: month, day: day)
        // Before 1583 calendars disagree.
        guard year >= 1_583, date.exists, hour < 24, minute < 60, second < 60 else { return nil }
        var fraction: Int64 = 0
        if take(".") {
            guard let digits = number(3) else { return nil }
            fraction = digits
        }
        guard let offset = offset(), place == text.count else { return nil }
        let seconds = ((date.number * 24 + hour) * 60 + minute - offset) * 60 + second
        return seconds * 1_000 + fraction
    }

    /// How many minutes the clock is ahead of UTC.
    private mutating func offset() -> Int64? {
        if take("Z") { return 0 }
        let isBehind = take("-")
        guard isBehind || take("+"), let hours = number(2), take(":"), let minutes = number(2), hours < 15, minutes < 60
        else { return nil }
        return (isBehind ? -1 : 1) * (hours * 60 + minutes)
    }

    private mutating func take(_ mark: Unicode.Scalar) -> Bool {
        guard place < text.count, text[place] == UInt8(ascii: mark) else { return false }
        place += 1
        return true
    }

    /// A number of exactly so many digits.
    private mutating func number(_ width: Int) -> Int64? {
        guard place + width <= text.count else { return nil }
        var number: Int64 = 0
        for byte in text[place..<place + width] {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            number = number * 10 + Int64(byte - UInt8(ascii: "0"))
        }
        place += width
        return number
    }
}

extension Int64 {
    func floored(by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let remainder = ((self % divisor) + divisor) % divisor
        return ((self - remainder) / divisor, remainder)
    }
}
