import Foundation

/// A link for text messages, which are paid for by the part: `/s/l` and 22 letters and digits instead of
/// `/leads/leads/` and a UUID.
///
/// It says the same, so nothing is kept of it. Whoever follows it is led to the long path, which asks who they are.
struct ShortLink: Sendable, Equatable {
    /// Where a record of a kind is, by the letter of that kind.
    private static let places = ["l": "/leads/leads/", "c": "/service/cases/"]

    /// The path in the console.
    let long: String
    /// The path that stands in its place.
    let short: String

    /// Shortens a path of the console; nil for one that has no short form.
    init?(long: String) {
        guard let place = Self.places.first(where: { long.hasPrefix($0.value) }),
            let id = UUID(uuidString: String(long.dropFirst(place.value.count)))
        else { return nil }
        self.long = long
        short = "/s/\(place.key)\(Self.written(id))"
    }

    /// Reads what follows `/s/`.
    init?(key: String) {
        guard let place = Self.places[String(key.prefix(1))], let id = Self.read(key.dropFirst()) else { return nil }
        long = place + id.uuidString.lowercased()
        short = "/s/\(key)"
    }

    // MARK: A UUID in letters and digits: none of them ends a link for those who look for links in a text

    private static let digits = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
    private static let length = 22

    private static func written(_ id: UUID) -> String {
        var rest = withUnsafeBytes(of: id.uuid) { $0.reduce(UInt128(0)) { $0 << 8 | UInt128($1) } }
        var text: [Character] = []
        for _ in 0..<length {
            let (quotient, digit) = rest.quotientAndRemainder(dividingBy: UInt128(digits.count))
            text.append(digits[Int(digit)])
            rest = quotient
        }
        return String(text.reversed())
    }

    private static func read(_ text: Substring) -> UUID? {
        guard text.count == length else { return nil }
        var number = UInt128(0)
        for character in text {
            guard let digit = digits.firstIndex(of: character) else { return nil }
            let (shifted, isTooLong) = number.multipliedReportingOverflow(by: UInt128(digits.count))
            let (sum, isTooLarge) = shifted.addingReportingOverflow(UInt128(digit))
            if isTooLong || isTooLarge { return nil }
            number = sum
        }
        return withUnsafeBytes(of: number.bigEndian) { UUID(uuid: $0.loadUnaligned(as: uuid_t.self)) }
    }
}
