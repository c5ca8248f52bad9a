/// A Chinese mobile number as nearly everybody writes it, of a range in which every number can exist.
///
/// Understood without libphonenumber, which tries dozens of regular expressions for it; what it says of these, and of all
/// others, a test compares.
struct ChineseMobile {
    /// Eleven digits, of which the first is 1.
    private let digits: [UInt8]

    /// Reads `13812345678` or `+8613812345678`, with spaces and hyphens between digits; of all else it says nothing.
    init?(_ text: String) {
        var digits: [UInt8] = []
        digits.reserveCapacity(13)
        var isInternational = false
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digits.append(byte)
            case UInt8(ascii: "+") where digits.isEmpty && !isInternational: isInternational = true
            case UInt8(ascii: " "), UInt8(ascii: "-"): if digits.isEmpty { return nil }
            default: return nil
            }
            if digits.count > 13 { return nil }
        }
        if isInternational {
            guard digits.starts(with: "86".utf8) else { return nil }
            digits.removeFirst(2)
        }
        guard digits.count == 11, ChineseMobile.isWhole(digits) else { return nil }
        self.digits = digits
    }

    /// Whether every number of the range that these digits begin with has been given out to mobile networks.
    private static func isWhole(_ digits: [UInt8]) -> Bool {
        guard digits[0] == UInt8(ascii: "1") else { return false }
        switch digits[1] {
        case UInt8(ascii: "3"), UInt8(ascii: "8"): return true
        case UInt8(ascii: "5"), UInt8(ascii: "9"): return digits[2] != UInt8(ascii: "4")
        default: return false
        }
    }

    var e164: String { "+86" + String(decoding: digits, as: UTF8.self) }
}
