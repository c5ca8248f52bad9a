public import Failures

/// The first thing that keeps a body from being taken as JSON, and the field in which it stands.
///
/// What is taken is RFC 8259 within the limits of RFC 7493 (I-JSON): every text can be stored, every number is the same
/// to every reader.
public struct JSONFault: Error, Equatable, Sendable {
    public enum Kind: String, Sendable {
        case malformed = "malformed-json"
        case notUTF8 = "not-utf8"
        case nestedTooDeeply = "nested-too-deeply"
        case nulCharacter = "nul-character"
        case loneSurrogate = "lone-surrogate"
        case numberOutOfRange = "out-of-range"
    }

    public let kind: Kind
    /// The field as a JSON pointer without its leading slash, `person/phones/0`; `body` for the whole.
    public let field: String
    /// What is wrong there, as the end of a sentence; never a part of the body.
    public let detail: String

    /// Looks for the first fault; nil when there is none.
    ///
    /// One pass without recursion, which keeps no more than the way to where it is.
    public static func first(in body: [UInt8]) -> JSONFault? {
        var scanner = JSONScanner(body)
        do throws(JSONFault) {
            try scanner.scan()
            return nil
        } catch {
            return error
        }
    }

    public var rejection: Rejection { .invalid(field, kind.rawValue, "\(field): \(detail).") }
}

/// Walks over JSON and remembers where it is.
struct JSONScanner {
    /// A step of the way down.
    private enum Step {
        case member(ArraySlice<UInt8>)
        case element(Int)
    }

    /// What may come next.
    private enum Wanted {
        case value
        case valueOrEnd
        case key
        case keyOrEnd
        case colon
        case commaOrEnd
        case nothing
    }

    private let bytes: [UInt8]
    private var place: Int
    private var way: [Step] = []
    /// Where the text stops being UTF-8.
    private let readable: Int

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        readable = Self.readable(bytes)
        place = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    }

    mutating func scan() throws(JSONFault) {
        var wanted = Wanted.value
        while true {
            while place < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[place]) { place += 1 }
            guard place < bytes.count else {
                if wanted == .nothing { return }
                throw fault(.malformed, "the body ends too early")
            }
            try checkReadable()
            wanted = try take(bytes[place], wanted)
        }
    }

    private mutating func take(_ byte: UInt8, _ wanted: Wanted) throws(JSONFault) -> Wanted {
        switch (wanted, byte) {
        case (.valueOrEnd, UInt8(ascii: "]")), (.keyOrEnd, UInt8(ascii: "}")):
            place += 1
            return close()
        case (.value, _), (.valueOrEnd, _): return try value(byte)
        case (.key, UInt8(ascii: "\"")), (.keyOrEnd, UInt8(ascii: "\"")):
            try key()
            return .colon
        case (.colon, UInt8(ascii: ":")):
            place += 1
            return .value
        case (.commaOrEnd, _): return try next(byte)
        default: throw fault(.malformed, "not valid JSON")
        }
    }

    private mutating func value(_ byte: UInt8) throws(JSONFault) -> Wanted {
        switch byte {
        case UInt8(ascii: "{"):
            try open(.member([]))
            return .keyOrEnd
        case UInt8(ascii: "["):
            try open(.element(0))
            return .valueOrEnd
        case UInt8(ascii: "\""): _ = try string()
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): try number()
        case UInt8(ascii: "t"): try literal("true")
        case UInt8(ascii: "f"): try literal("false")
        case UInt8(ascii: "n"): try literal("null")
        default: throw fault(.malformed, "not valid JSON")
        }
        return way.isEmpty ? .nothing : .commaOrEnd
    }

    /// After a value: another one, or the end of what it stands in.
    private mutating func next(_ byte: UInt8) throws(JSONFault) -> Wanted {
        switch (way.last, byte) {
        case (.member, UInt8(ascii: ",")):
            place += 1
            return .key
        case (.element(let index), UInt8(ascii: ",")):
            place += 1
            way[way.count - 1] = .element(index + 1)
            return .value
        case (.member, UInt8(ascii: "}")), (.element, UInt8(ascii: "]")):
            place += 1
            return close()
        default: throw fault(.malformed, "not valid JSON")
        }
    }

    private mutating func open(_ step: Step) throws(JSONFault) {
        guard way.count < JSONShape.depthLimit else {
            // The lists in which it is buried say nothing: the field that holds them does.
            while case .element? = way.last { way.removeLast() }
            throw fault(.nestedTooDeeply, "nested deeper than \(JSONShape.depthLimit) levels")
        }
        place += 1
        way.append(step)
    }

    private mutating func close() -> Wanted {
        way.removeLast()
        return way.isEmpty ? .nothing : .commaOrEnd
    }

    private mutating func key() throws(JSONFault) {
        // While it is read, it is the place.
        let start = place + 1
        way[way.count - 1] = .member(bytes[start..<min(start + 64, bytes.count)].prefix { $0 != UInt8(ascii: "\"") })
        way[way.count - 1] = .member(try string())
    }

    /// Reads a string and returns what stands between its quotes.
    private mutating func string() throws(JSONFault) -> ArraySlice<UInt8> {
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

    /// Reads the four digits of `\uXXXX`.
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

    private mutating func number() throws(JSONFault) {
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

    private mutating func literal(_ text: StaticString) throws(JSONFault) {
        let wanted = text.withUTF8Buffer { Array($0) }
        guard bytes[place...].starts(with: wanted) else { throw fault(.malformed, "not valid JSON") }
        place += wanted.count
    }

    private func checkReadable() throws(JSONFault) {
        if place >= readable { throw fault(.notUTF8, "not valid UTF-8") }
    }

    private func fault(_ kind: JSONFault.Kind, _ detail: String) -> JSONFault {
        let named = way.prefix(8).compactMap { step -> String? in
            switch step {
            case .element(let index): String(index)
            case .member([]): nil
            case .member(let key): String(decoding: key.prefix(64).filter { $0 >= 0x20 }, as: UTF8.self)
            }
        }
        let field = named.joined(separator: "/") + (way.count > 8 ? "/…" : "")
        return JSONFault(kind: kind, field: field.isEmpty ? JSONShape.wholeBody : field, detail: detail)
    }

    /// How many bytes from the start are valid UTF-8.
    private static func readable(_ bytes: [UInt8]) -> Int {
        var parser = Unicode.UTF8.ForwardParser()
        var rest = bytes.makeIterator()
        var length = 0
        while true {
            switch parser.parseScalar(from: &rest) {
            case .valid(let scalar): length += scalar.count
            case .error: return length
            case .emptyInput: return .max
            }
        }
    }
}
