import Foundation

/// What somebody passes on so that we know who recommended us: `R-7F3KQ2`.
struct ReferralCode: Sendable, Equatable {
    let text: String

    /// Digits and letters that nobody mistakes for one another.
    private static let letters = Array("23456789ABCDEFGHJKMNPQRSTVWXYZ")

    private init(text: String) { self.text = text }

    /// A code as people write it: in small letters too, with or without the hyphen.
    init?(_ written: String) {
        let plain = written.uppercased().filter { !$0.isWhitespace && $0 != "-" }
        guard plain.hasPrefix("R"), (5...11).contains(plain.count),
            plain.dropFirst().allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber) })
        else { return nil }
        text = "R-" + plain.dropFirst()
    }

    /// One that nobody has guessed yet.
    static func random() -> ReferralCode {
        ReferralCode(text: "R-" + String((0..<6).compactMap { _ in letters.randomElement() }))
    }
}
