/// `Codable`'s side of ``WireWriter``: hands every value on to it as it comes.
///
/// Coding paths are not kept: what is encoded here is ours, and hardly anything can fail.
struct WireEncoder: Encoder {
    let writer: WireWriter
    /// How deep the value stands.
    private let depth: Int
    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    init(_ writer: WireWriter) {
        self.writer = writer
        depth = writer.level
    }

    /// Whoever asks once more goes on in the same object.
    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        KeyedEncodingContainer(writer.level > depth ? WireObject(writer, at: depth + 1) : WireObject(writer))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer { WireList(writer) }

    func singleValueContainer() -> any SingleValueEncodingContainer { WireValue(writer: writer) }
}

/// An object.
struct WireObject<Key: CodingKey>: KeyedEncodingContainerProtocol {
    private let writer: WireWriter
    private let level: Int
    var codingPath: [any CodingKey] { [] }

    init(_ writer: WireWriter) {
        writer.open("{", end: "}")
        self.writer = writer
        level = writer.level
    }

    /// One that is open already.
    init(_ writer: WireWriter, at level: Int) {
        self.writer = writer
        self.level = level
    }

    private func begin(_ key: some CodingKey) {
        writer.separate(in: level)
        writer.write(name: key.stringValue)
    }

    func encodeNil(forKey key: Key) {
        begin(key)
        writer.write(raw: "null")
    }

    func encode(_ value: Bool, forKey key: Key) {
        begin(key)
        writer.write(value)
    }

    func encode(_ value: String, forKey key: Key) {
        begin(key)
        writer.write(value)
    }

    func encode(_ value: Int, forKey key: Key) {
        begin(key)
        writer.write(number: value)
    }

    func encode(_ value: Int64, forKey key: Key) {
        begin(key)
        writer.write(number: value)
    }

    func encode(_ value: Double, forKey key: Key) throws {
        begin(key)
        try writer.write(value)
    }

    func encode<Value: Encodable>(_ value: Value, forKey key: Key) throws {
        begin(key)
        try writer.write(encoding: value)
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type,
        forKey key: Key
    ) -> KeyedEncodingContainer<Nested> {
        begin(key)
        return KeyedEncodingContainer(WireObject<Nested>(writer))
    }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
        begin(key)
        return WireList(writer)
    }

    func superEncoder() -> any Encoder { preconditionFailure("no value of ours is a class") }
    func superEncoder(forKey key: Key) -> any Encoder { preconditionFailure("no value of ours is a class") }
}

/// A list.
struct WireList: UnkeyedEncodingContainer {
    private let writer: WireWriter
    private let level: Int
    var codingPath: [any CodingKey] { [] }
    private(set) var count = 0

    init(_ writer: WireWriter) {
        writer.open("[", end: "]")
        self.writer = writer
        level = writer.level
    }

    private mutating func begin() {
        writer.separate(in: level)
        count += 1
    }

    mutating func encodeNil() {
        begin()
        writer.write(raw: "null")
    }

    mutating func encode(_ value: String) {
        begin()
        writer.write(value)
    }

    mutating func encode<Value: Encodable>(_ value: Value) throws {
        begin()
        try writer.write(encoding: value)
    }

    mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedEncodingContainer<Nested> {
        begin()
        return KeyedEncodingContainer(WireObject<Nested>(writer))
    }

    mutating func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
        begin()
        return WireList(writer)
    }

    mutating func superEncoder() -> any Encoder { preconditionFailure("no value of ours is a class") }
}

/// A value that is neither.
struct WireValue: SingleValueEncodingContainer {
    let writer: WireWriter
    var codingPath: [any CodingKey] { [] }

    func encodeNil() { writer.write(raw: "null") }
    func encode(_ value: Bool) { writer.write(value) }
    func encode(_ value: String) { writer.write(value) }
    func encode(_ value: Double) throws { try writer.write(value) }
    func encode(_ value: Float) throws { try writer.write(Double(value)) }
    func encode(_ value: Int) { writer.write(number: value) }
    func encode(_ value: Int8) { writer.write(number: value) }
    func encode(_ value: Int16) { writer.write(number: value) }
    func encode(_ value: Int32) { writer.write(number: value) }
    func encode(_ value: Int64) { writer.write(number: value) }
    func encode(_ value: UInt) { writer.write(number: value) }
    func encode(_ value: UInt8) { writer.write(number: value) }
    func encode(_ value: UInt16) { writer.write(number: value) }
    func encode(_ value: UInt32) { writer.write(number: value) }
    func encode(_ value: UInt64) { writer.write(number: value) }
    func encode<Value: Encodable>(_ value: Value) throws { try writer.write(encoding: value) }
}
