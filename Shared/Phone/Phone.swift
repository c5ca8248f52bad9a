import CPhone

/// Telephone numbers as libphonenumber understands them.
public enum PhoneNumber {
    /// No honest number is written longer, in bytes of UTF-8.
    private static let lengthLimit = 120
    private static let extensionMarks = ["转", "轉", "分机", "分機", "extension", "ext", "x", "#", ";ext=", ","]

    /// The E.164 form of a number as people write it, or nil when no such number can exist.
    ///
    /// An extension (`转12`, `ext. 12`, `#12`) is cut off first: E.164 has none, and two people behind one switchboard
    /// still share the number that we would call. `region` is where a number without a country code is dialled.
    public static func e164(_ text: String, region: String = "CN") -> String? {
        guard text.utf8.count <= lengthLimit else { return nil }
        if region == "CN", let mobile = ChineseMobile(text) { return mobile.e164 }
        return judged(text, region: region)
    }

    /// What libphonenumber makes of it.
    static func judged(_ text: String, region: String = "CN") -> String? {
        let number = withoutExtension(text)
        guard !number.isEmpty else { return nil }
        var buffer = [CChar](repeating: 0, count: 32)
        var input = number
        let status = input.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) { chars in
                cphone_e164(chars.baseAddress, chars.count, region, &buffer, buffer.count)
            }
        }
        guard status == 0 else { return nil }
        let end = buffer.firstIndex(of: 0) ?? buffer.endIndex
        return String(decoding: buffer[..<end].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// What stands before the first mark of an extension that has digits before it.
    private static func withoutExtension(_ text: String) -> String {
        // Hardly any number has one: digits, and what groups them.
        if text.utf8.allSatisfy({ (0x30...0x39).contains($0) || "+- ()".utf8.contains($0) }) { return text }
        let lowered = text.lowercased()
        var end = lowered.endIndex
        for mark in extensionMarks {
            var from = lowered.startIndex
            while let found = lowered[from...].firstRange(of: mark) {
                if lowered[..<found.lowerBound].contains(where: \.isNumber) {
                    end = min(end, found.lowerBound)
                    break
                }
                from = found.upperBound
            }
        }
        return String(lowered[..<end])
    }
}
