import Foundation

extension UUID {
    /// Reads the canonical 36 characters; Foundation scans them by a format string, and every event has several.
    init?(hex text: ArraySlice<UInt8>) {
        guard text.count == 36 else { return nil }
        var uuid = uuid_t(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
        let isRead = withUnsafeMutableBytes(of: &uuid) { bytes in
            var place = text.startIndex
            for index in bytes.indices {
                if index == 4 || index == 6 || index == 8 || index == 10 {
                    guard text[place] == UInt8(ascii: "-") else { return false }
                    place += 1
                }
                guard let high = text[place].hexDigit, let low = text[place + 1].hexDigit else { return false }
                bytes[index] = high << 4 | low
                place += 2
            }
            return true
        }
        guard isRead else { return nil }
        self.init(uuid: uuid)
    }
}

extension UInt8 {
    /// What this character counts as a hexadecimal digit.
    fileprivate var hexDigit: UInt8? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): self - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): self - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
