/// JSON as a row of values in the order in which they stand, each with the place where the one behind it is.
///
/// Only what is beyond doubt is read: what it will not read, Foundation's decoder reads, or says what is wrong with it.
struct JSONTape {
    enum Kind {
        case object
        case list
        case text
        /// A text in which something is escaped.
        case escapedText
        case number
        case yes
        case no
        case null
    }

    /// A value; a member of an object is two of them, the name and what it names.
    struct Value {
        let kind: Kind
        /// Where it stands, without the quotes of a text.
        let start: Int
        var end: Int
        /// The index of the value that follows it and all that it holds.
        var next: Int
        /// How many members or elements it has.
        var count = 0
    }

    let bytes: [UInt8]
    private(set) var values: [Value] = []
    private var place = 0
    private var depth = 0

    /// Objects with more members than that are left to Foundation: a name is looked for from one to the next.
    private static let membersAtMost = 64

    /// - Parameter bytes: UTF-8 that ``JSONShape`` has found to be in shape.
    init?(_ bytes: [UInt8]) {
        self.bytes = bytes
        values.reserveCapacity(64)
        guard read() else { return nil }
        skipSpace()
        guard place == bytes.count else { return nil }
    }

    private mutating func read() -> Bool {
        skipSpace()
        guard place < bytes.count else { return false }
        switch bytes[place] {
        case UInt8(ascii: "{"): return readObject()
        case UInt8(ascii: "["): return readList()
        case UInt8(ascii: "\""): return readText()
        case UInt8(ascii: "t"): return readWord("true", .yes)
        case UInt8(ascii: "f"): return readWord("false", .no)
        case UInt8(ascii: "n"): return readWord("null", .null)
        default: return readNumber()
        }
    }

    private mutating func readObject() -> Bool {
        let object = open(.object)
        guard depth <= JSONShape.depthLimit else { return false }
        while true {
            skipSpace()
            if take("}") { return close(object) }
            if values[object].count > 0 {
                guard take(",") else { return false }
                skipSpace()
            }
            // A name that needs escapes is none of ours.
            guard place < bytes.count, bytes[place] == UInt8(ascii: "\""), readText(),
                values[values.count - 1].kind == .text
            else { return false }
            skipSpace()
            guard take(":"), read() else { return false }
            values[object].count += 1
            guard values[object].count <= JSONTape.membersAtMost else { return false }
        }
    }

    private mutating func readList() -> Bool {
        let list = open(.list)
        guard depth <= JSONShape.depthLimit else { return false }
        while true {
            skipSpace()
            if take("]") { return close(list) }
            if values[list].count > 0 {
                guard take(",") else { return false }
            }
            guard read() else { return false }
            values[list].count += 1
        }
    }

    private mutating func open(_ kind: Kind) -> Int {
        values.append(Value(kind: kind, start: place, end: place, next: 0))
        place += 1
        depth += 1
        return values.count - 1
    }

    private mutating func close(_ index: Int) -> Bool {
        values[index].end = place
        values[index].next = values.count
        depth -= 1
        return true
    }

    private mutating func add(_ kind: Kind, from start: Int, to end: Int) -> Bool {
        values.append(Value(kind: kind, start: start, end: end, next: values.count + 1))
        return true
    }

    private mutating func readText() -> Bool {
        let start = place + 1
        var kind = Kind.text
        place = start
        while place < bytes.count {
            switch bytes[place] {
            case UInt8(ascii: "\""):
                // Also where nobody reads it: what has escapes of its own making is no JSON.
                if kind == .escapedText, JSONUnescaping.text(bytes[start..<place]) == nil { return false }
                place += 1
                return add(kind, from: start, to: place - 1)
            case UInt8(ascii: "\\"):
                kind = .escapedText
                place += 2
            case ..<0x20: return false
            default: place += 1
            }
        }
        return false
    }

    private mutating func readWord(_ word: StaticString, _ kind: Kind) -> Bool {
        let start = place
        place += word.utf8CodeUnitCount
        guard place <= bytes.count else { return false }
        guard word.withUTF8Buffer({ bytes[start..<place].elementsEqual($0) }) else { return false }
        return add(kind, from: start, to: place)
    }

    /// Reads `-12`, `0`, `89.5`; numbers with an exponent are Foundation's.
    private mutating func readNumber() -> Bool {
        let start = place
        _ = take("-")
        let first = place
        guard skipDigits(), bytes[first] != UInt8(ascii: "0") || place == first + 1 else { return false }
        if take("."), !skipDigits() { return false }
        return add(.number, from: start, to: place)
    }

    private mutating func skipDigits() -> Bool {
        let start = place
        while place < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[place]) { place += 1 }
        return place > start
    }

    private mutating func skipSpace() {
        while place < bytes.count {
            switch bytes[place] {
            case 0x20, 0x09, 0x0A, 0x0D: place += 1
            default: return
            }
        }
    }

    private mutating func take(_ mark: Unicode.Scalar) -> Bool {
        guard place < bytes.count, bytes[place] == UInt8(ascii: mark) else { return false }
        place += 1
        return true
    }
}
