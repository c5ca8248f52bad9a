public import Foundation

/// How values look on the wire, in one place: JSON, RFC 3339 instants in UTC with milliseconds, ids in lower case.
public enum Wire {
    /// A new encoder; keys are sorted, so that equal values give equal bytes.
    public static var encoder: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .custom { date, encoder in
            var container = encoder.singleValueContainer()
            try container.encode(Wire.text(of: date))
        }
        return encoder
    }

    /// A new decoder; instants may have a fraction and any offset.
    public static var decoder: JSONDecoder {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .custom { decoder in
            let text = try decoder.singleValueContainer().decode(String.self)
            guard let date = Wire.date(from: text) else {
                throw DecodingError.dataCorrupted(
                    .init(codingPath: decoder.codingPath, debugDescription: "not an RFC 3339 instant")
                )
            }
            return date
        }
        return decoder
    }

    /// `2026-11-22T03:04:05.678Z`, rounded to the millisecond. (Foundation's style cuts off instead, so that what
    /// binary fractions cannot hold exactly would lose a millisecond with every trip over the wire.)
    public static func text(of date: Date) -> String {
        let milliseconds = Int64((date.timeIntervalSince1970 * 1_000).rounded())
        if let text = Instant(milliseconds: milliseconds).text { return text }
        let (seconds, fraction) = milliseconds.floored(by: 1_000)
        let whole = Date(timeIntervalSince1970: Double(seconds)).formatted(Date.ISO8601FormatStyle())
        return whole.dropLast() + "." + String(fraction + 1_000).dropFirst() + "Z"
    }

    /// Reads an RFC 3339 instant, or returns nil.
    public static func date(from text: String) -> Date? {
        if let instant = Instant(text) { return instant.date }
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: text.contains("."))
        return (try? style.parse(text))?.toMilliseconds
    }
}

extension Date {
    /// So many milliseconds after 1970.
    ///
    /// Counted from 2001 as Foundation does, and divided once: the same instant is the same number whether it comes from the
    /// clock, from the wire or from the database.
    init(millisecondsSince1970 milliseconds: Int64) {
        self.init(timeIntervalSinceReferenceDate: Double(milliseconds - 978_307_200_000) / 1_000)
    }

    /// The same instant without what the wire would drop.
    public var toMilliseconds: Date { toMilliseconds(.toNearestOrAwayFromZero) }

    /// The same instant in whole milliseconds.
    public func toMilliseconds(_ rule: FloatingPointRoundingRule) -> Date {
        Date(timeIntervalSinceReferenceDate: (timeIntervalSinceReferenceDate * 1_000).rounded(rule) / 1_000)
    }
}
