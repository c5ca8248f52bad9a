/// `Codable`'s side of ``WireDocument``: reads every value where it stands.
///
/// Coding paths are not kept: whatever cannot be read is read again by Foundation's decoder, which says where it stands.
struct WireDecoder: Decoder {
    let document: WireDocument
    let index: Int
    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        KeyedDecodingContainer(try WireMembers(document, index))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer { try WireElements(document, index) }

    func singleValueContainer() -> any SingleValueDecodingContainer { WireSingle(document: document, index: index) }
}

/// An object.
struct WireMembers<Key: CodingKey>: KeyedDecodingContainerProtocol {
    private let document: WireDocument
    private let object: Int
    var codingPath: [any CodingKey] { [] }

    init(_ document: WireDocument, _ index: Int) throws {
        guard document.value(at: index).kind == .object else { throw WireDoubt() }
        self.document = document
        object = index
    }

    var allKeys: [Key] { document.names(of: object).compactMap { Key(stringValue: $0) } }

    func contains(_ key: Key) -> Bool {
        // Of two members with the name it says so when one is read.
        do { return try document.member(key.stringValue, of: object) != nil } catch { return true }
    }

    /// The value of a member; nil when it is missing or null.
    private func present(_ key: Key) throws -> Int? {
        guard let index = try document.member(key.stringValue, of: object), !document.isNull(index) else { return nil }
        return index
    }

    private func required(_ key: Key) throws -> Int {
        guard let index = try document.member(key.stringValue, of: object) else { throw WireDoubt() }
        return index
    }

    func decodeNil(forKey key: Key) throws -> Bool { document.isNull(try required(key)) }
    func decode(_ type: Bool.Type, forKey key: Key) throws -> Bool { try document.flag(at: required(key)) }
    func decode(_ type: String.Type, forKey key: Key) throws -> String { try document.text(at: required(key)) }
    func decode(_ type: Int.Type, forKey key: Key) throws -> Int { try document.number(at: required(key)) }
    func decode(_ type: Int64.Type, forKey key: Key) throws -> Int64 { try document.number(at: required(key)) }
    func decode(_ type: Double.Type, forKey key: Key) throws -> Double { try document.number(at: required(key)) }

    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
        try document.decode(type, at: required(key))
    }

    func decodeIfPresent(_ type: Bool.Type, forKey key: Key) throws -> Bool? {
        try present(key).map { try document.flag(at: $0) }
    }

    func decodeIfPresent(_ type: String.Type, forKey key: Key) throws -> String? {
        try present(key).map { try document.text(at: $0) }
    }

    func decodeIfPresent<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value? {
        try present(key).map { try document.decode(type, at: $0) }
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type,
        forKey key: Key
    ) throws -> KeyedDecodingContainer<Nested> {
        KeyedDecodingContainer(try WireMembers<Nested>(document, required(key)))
    }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        try WireElements(document, required(key))
    }

    func superDecoder() throws -> any Decoder { throw WireDoubt() }
    func superDecoder(forKey key: Key) throws -> any Decoder { throw WireDoubt() }
}

/// A list.
struct WireElements: UnkeyedDecodingContainer {
    private let document: WireDocument
    private let list: JSONTape.Value
    private var index: Int
    private(set) var currentIndex = 0
    var codingPath: [any CodingKey] { [] }
    var count: Int? { list.count }
    var isAtEnd: Bool { currentIndex == list.count }

    init(_ document: WireDocument, _ index: Int) throws {
        list = document.value(at: index)
        guard list.kind == .list else { throw WireDoubt() }
        self.document = document
        self.index = index + 1
    }

    /// The value that is read now; the next one is its successor.
    private mutating func advance() throws -> Int {
        guard !isAtEnd else { throw WireDoubt() }
        defer {
            index = document.value(at: index).next
            currentIndex += 1
        }
        return index
    }

    mutating func decodeNil() throws -> Bool {
        guard !isAtEnd else { throw WireDoubt() }
        guard document.isNull(index) else { return false }
        _ = try advance()
        return true
    }

    mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        try document.decode(type, at: advance())
    }

    mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) throws -> KeyedDecodingContainer<Nested>
    {
        KeyedDecodingContainer(try WireMembers<Nested>(document, advance()))
    }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
        try WireElements(document, advance())
    }

    mutating func superDecoder() throws -> any Decoder { throw WireDoubt() }
}

/// A value that is neither.
struct WireSingle: SingleValueDecodingContainer {
    let document: WireDocument
    let index: Int
    var codingPath: [any CodingKey] { [] }

    func decodeNil() -> Bool { document.isNull(index) }
    func decode(_ type: Bool.Type) throws -> Bool { try document.flag(at: index) }
    func decode(_ type: String.Type) throws -> String { try document.text(at: index) }
    func decode(_ type: Double.Type) throws -> Double { try document.number(at: index) }
    func decode(_ type: Float.Type) throws -> Float { throw WireDoubt() }
    func decode(_ type: Int.Type) throws -> Int { try document.number(at: index) }
    func decode(_ type: Int8.Type) throws -> Int8 { try document.number(at: index) }
    func decode(_ type: Int16.Type) throws -> Int16 { try document.number(at: index) }
    func decode(_ type: Int32.Type) throws -> Int32 { try document.number(at: index) }
    func decode(_ type: Int64.Type) throws -> Int64 { try document.number(at: index) }
    func decode(_ type: UInt.Type) throws -> UInt { try document.number(at: index) }
    func decode(_ type: UInt8.Type) throws -> UInt8 { try document.number(at: index) }
    func decode(_ type: UInt16.Type) throws -> UInt16 { try document.number(at: index) }
    func decode(_ type: UInt32.Type) throws -> UInt32 { try document.number(at: index) }
    func decode(_ type: UInt64.Type) throws -> UInt64 { try document.number(at: index) }
    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try document.decode(type, at: index) }
}
