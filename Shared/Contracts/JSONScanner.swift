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

    let bytes: [UInt8]
    var place: Int
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

    private mutating func literal(_ text: StaticString) throws(JSONFault) {
        let wanted = text.withUTF8Buffer { Array($0) }
        guard bytes[place...].starts(with: wanted) else { throw fault(.malformed, "not valid JSON") }
        place += wanted.count
    }

    func checkReadable() throws(JSONFault) {
        if place >= readable { throw fault(.notUTF8, "not valid UTF-8") }
    }

    func fault(_ kind: JSONFault.Kind, _ detail: String) -> JSONFault {
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
