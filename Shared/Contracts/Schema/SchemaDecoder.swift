import Foundation

/// A decoder that has no data: it makes up a value for whatever is asked and remembers the question.
struct SchemaDecoder: Decoder {
    let findings = Findings()
    let codingPath: [any CodingKey] = []
    let userInfo: [CodingUserInfoKey: Any] = [:]

    /// What was asked for so far.
    ///
    /// One decoding runs on one thread, and nobody else sees it.
    final class Findings {
        var schema: Schema?
        var properties: [Schema.Property] = []
        var isMap = false

        var found: Schema {
            if let schema { return schema }
            if isMap { return .map(of: properties.first?.schema ?? .text(format: nil)) }
            return .object(properties)
        }
    }

    static func schema(of type: any Decodable.Type) throws -> Schema { try discover(type).schema }

    /// A made-up value of the type, and what the type looks like.
    static func discover<Value: Decodable>(_ type: Value.Type) throws -> (value: Value, schema: Schema) {
        if let known = leaf(type) as? (Value, Schema) { return known }
        let decoder = SchemaDecoder()
        let value = try type.init(from: decoder)
        return (value, decoder.findings.found)
    }

    /// Types that the wire writes in its own way, whatever their own decoding says.
    private static func leaf(_ type: any Decodable.Type) -> (any Decodable, Schema)? {
        switch type {
        case is Date.Type: (Date(timeIntervalSince1970: 0), .text(format: "date-time"))
        case is UUID.Type: (UUID(uuid: zeros), .text(format: "uuid"))
        case is String.Type: ("", .text(format: nil))
        case is Bool.Type: (false, .boolean)
        case is Int.Type: (0, .whole)
        case is Int64.Type: (Int64(0), .whole)
        case is Double.Type: (0.0, .number)
        default: nil
        }
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        KeyedDecodingContainer(KeyedQuestions<Key>(findings: findings))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer { ListQuestions(findings: findings) }

    func singleValueContainer() throws -> any SingleValueDecodingContainer { OneQuestion(findings: findings) }

    /// What contracts do not use: enumerations with payloads, inheritance, narrow integers.
    static func unsupported(_ what: String) -> DecodingError {
        .dataCorrupted(.init(codingPath: [], debugDescription: "a contract does not use \(what)"))
    }
}

private let zeros: uuid_t = (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)

/// An object's questions: each key with its type, and whether it may be missing.
private struct KeyedQuestions<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let findings: SchemaDecoder.Findings
    let codingPath: [any CodingKey] = []

    /// Only what has free keys asks which keys there are.
    var allKeys: [Key] {
        findings.isMap = true
        return Key(stringValue: "key").map { [$0] } ?? []
    }

    func contains(_ key: Key) -> Bool { true }
    func decodeNil(forKey key: Key) throws -> Bool { false }

    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
        try note(type, key, isRequired: true)
    }

    func decodeIfPresent<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value? {
        try note(type, key, isRequired: false)
    }

    // The standard library asks for these types by overloads of their own.
    func decodeIfPresent(_ type: String.Type, forKey key: Key) throws -> String? {
        try note(type, key, isRequired: false)
    }
    func decodeIfPresent(_ type: Bool.Type, forKey key: Key) throws -> Bool? { try note(type, key, isRequired: false) }
    func decodeIfPresent(_ type: Int.Type, forKey key: Key) throws -> Int? { try note(type, key, isRequired: false) }
    func decodeIfPresent(_ type: Int64.Type, forKey key: Key) throws -> Int64? {
        try note(type, key, isRequired: false)
    }
    func decodeIfPresent(_ type: Double.Type, forKey key: Key) throws -> Double? {
        try note(type, key, isRequired: false)
    }

    private func note<Value: Decodable>(_ type: Value.Type, _ key: Key, isRequired: Bool) throws -> Value {
        let (value, schema) = try SchemaDecoder.discover(type)
        findings.properties.append(.init(name: key.stringValue, schema: schema, isRequired: isRequired))
        return value
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type,
        forKey key: Key
    ) throws -> KeyedDecodingContainer<Nested> { throw SchemaDecoder.unsupported("nested containers") }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        throw SchemaDecoder.unsupported("nested containers")
    }

    func superDecoder() throws -> any Decoder { throw SchemaDecoder.unsupported("inheritance") }
    func superDecoder(forKey key: Key) throws -> any Decoder { throw SchemaDecoder.unsupported("inheritance") }
}

/// A list's question: what its elements are.
///
/// It has one.
private struct ListQuestions: UnkeyedDecodingContainer {
    let findings: SchemaDecoder.Findings
    let codingPath: [any CodingKey] = []
    let count: Int? = 1
    var currentIndex = 0
    var isAtEnd: Bool { currentIndex > 0 }

    mutating func decodeNil() throws -> Bool { false }

    mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        currentIndex += 1
        let (value, schema) = try SchemaDecoder.discover(type)
        findings.schema = .list(of: schema)
        return value
    }

    mutating func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type
    ) throws -> KeyedDecodingContainer<Nested> { throw SchemaDecoder.unsupported("nested containers") }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
        throw SchemaDecoder.unsupported("nested containers")
    }

    mutating func superDecoder() throws -> any Decoder { throw SchemaDecoder.unsupported("inheritance") }
}

/// The question of a type that is one value: an id, a name.
private struct OneQuestion: SingleValueDecodingContainer {
    let findings: SchemaDecoder.Findings
    let codingPath: [any CodingKey] = []

    func decodeNil() -> Bool { false }

    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        let (value, schema) = try SchemaDecoder.discover(type)
        findings.schema = schema
        return value
    }
}
