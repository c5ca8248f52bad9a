extension JSONScanner {
    /// Reads a string and returns what stands between its quotes.
    mutating func string() throws(JSONFault) -> ArraySlice<UInt8> {
        place += 1
        let start = place
        while place < bytes.count {
            try checkReadable()
            switch bytes[place] {
            case UInt8(ascii: "\""):
                place += 1
                return bytes[start..<place - 1]
            case UInt8(ascii: "\\"): try escape()
            case 0: throw fault(.nulCharacter, "U+0000 cannot be stored")
            case ..<0x20: throw fault(.malformed, "a control character that is not escaped")
            default: place += 1
            }
        }
        throw fault(.malformed, "the body ends too early")
    }

    private mutating func escape() throws(JSONFault) {
        guard place + 1 < bytes.count else { throw fault(.malformed, "the body ends too early") }
        switch bytes[place + 1] {
        case UInt8(ascii: "u"): try unicodeEscape()
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            place += 2
        default: throw fault(.malformed, "an escape that JSON does not know")
        }
    }

    private mutating func unicodeEscape() throws(JSONFault) {
        let unit = try codeUnit()
        switch unit {
        case 0: throw fault(.nulCharacter, "U+0000 cannot be stored")
        case 0xD800...0xDBFF:
            guard place + 1 < bytes.count, bytes[place] == UInt8(ascii: "\\"), bytes[place + 1] == UInt8(ascii: "u"),
                (0xDC00...0xDFFF).contains(try codeUnit())
            else { throw fault(.loneSurrogate, "a surrogate without its other half") }
        case 0xDC00...0xDFFF: throw fault(.loneSurrogate, "a surrogate without its other half")
        default: break
        }
    }

    /// Reads the four digits of `\u4e2d`.
    private mutating func codeUnit() throws(JSONFault) -> Int {
        guard place + 6 <= bytes.count else { throw fault(.malformed, "the body ends too early") }
        var unit = 0
        for byte in bytes[place + 2..<place + 6] {
            guard let digit = Character(UnicodeScalar(byte)).hexDigitValue else {
                throw fault(.malformed, "an escape that JSON does not know")
            }
            unit = unit * 16 + digit
        }
        place += 6
        return unit
    }
}

extension JSONScanner {
    mutating func number() throws(JSONFault) {
        let start = place
        var isWhole = true
        if bytes[place] == UInt8(ascii: "-") { place += 1 }
        let first = place
        let whole = digits()
        guard whole > 0, whole == 1 || bytes[first] != UInt8(ascii: "0") else {
            throw fault(.malformed, "a number that JSON does not know")
        }
        if place < bytes.count, bytes[place] == UInt8(ascii: ".") {
            isWhole = false
            place += 1
            guard digits() > 0 else { throw fault(.malformed, "a number that JSON does not know") }
        }
        if place < bytes.count, bytes[place] | 0x20 == UInt8(ascii: "e") {
            isWhole = false
            place += 1
            if place < bytes.count, [UInt8(ascii: "+"), UInt8(ascii: "-")].contains(bytes[place]) { place += 1 }
            guard digits() > 0 else { throw fault(.malformed, "a number that JSON does not know") }
        }
        guard Self.isExact(String(decoding: bytes[start..<place], as: UTF8.self), isWhole: isWhole) else {
            throw fault(.numberOutOfRange, "a number beyond 2^53, which not every reader can hold")
        }
    }

    private mutating func digits() -> Int {
        let start = place
        while place < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[place]) { place += 1 }
        return place - start
    }

    private static func isExact(_ text: String, isWhole: Bool) -> Bool {
        if isWhole { return Int64(text).map { $0.magnitude <= JSONShape.exactLimit } ?? false }
        return Double(text).map { $0.isFinite && $0.magnitude <= Double(JSONShape.exactLimit) } ?? false
    }
}
