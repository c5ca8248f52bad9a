import Testing

@testable import Phone

/// What is understood without libphonenumber is what it would have made of it.
@Suite("Chinese mobile numbers")
struct PhoneTests {
    @Test("of every range and however it is grouped, the number is the one that libphonenumber finds")
    func ranges() {
        var understood = 0
        for range in 1_000..<2_000 {
            for _ in 0..<3 {
                let text = Self.grouped("\(range)\(Int.random(in: 0...9_999_999) + 10_000_000)".dropping(at: 4))
                guard let mobile = ChineseMobile(text) else { continue }
                understood += 1
                #expect(mobile.e164 == PhoneNumber.judged(text), "\(text)")
            }
        }
        #expect(understood > 1_000)
    }

    @Test("of whatever else looks like a number, nothing is said that libphonenumber would not say")
    func others() {
        for _ in 0..<5_000 {
            let rest = (0..<Int.random(in: 7...12)).map { _ in Self.marks.randomElement() ?? "0" }
            let text = (Self.starts.randomElement() ?? "") + String(rest)
            if let mobile = ChineseMobile(text) { #expect(mobile.e164 == PhoneNumber.judged(text), "\(text)") }
        }
    }

    @Test(
        "the usual forms are understood",
        arguments: ["13812345678", "138 1234 5678", "+8613812345678", "+86 138-1234-5678", "158 0000 0000 "]
    )
    func usual(_ text: String) { #expect(ChineseMobile(text) != nil) }

    private static let starts = ["1", "13", "+86", "+8613", "86138", "086", "+1", "0", "", "+", "++86138", "+86 0138"]
    private static let marks = Array("0123456789012345678901234567890123456789 -+()x.")

    /// With a country code or without, with spaces and hyphens anywhere.
    private static func grouped(_ digits: String) -> String {
        let start = ["", "+86", "+86 ", "+86-"].randomElement() ?? ""
        return start
            + digits.map { digit in String(digit) + (["", "", "", " ", "-", " - "].randomElement() ?? "") }.joined()
    }
}

extension String {
    /// Without the character at a place.
    fileprivate func dropping(at place: Int) -> String { String(prefix(place) + dropFirst(place + 1)) }
}
