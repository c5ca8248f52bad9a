public import struct Foundation.Date
public import struct Foundation.UUID

/// A value that can be sent as a parameter, in PostgreSQL's binary format.
public protocol PostgresBindable: Sendable {
    /// The OID of the parameter's type.
    static var postgresType: UInt32 { get }
    /// The OID of an array of it, or 0 when it has none.
    static var postgresArrayType: UInt32 { get }
    /// Appends the binary form; returns false for NULL.
    /// - Throws: ``PostgresError`` when PostgreSQL could not store the value (text with U+0000).
    func encode(into buffer: inout [UInt8]) throws -> Bool
}

/// A value that can be read from a column, which libpq hands over in binary format.
public protocol PostgresDecodable: Sendable {
    /// Reads a value; `bytes` is nil for NULL, `type` is the column's OID.
    init(postgresBytes bytes: UnsafeRawBufferPointer?, type: UInt32) throws
}

/// A `jsonb` value as text. Whoever sends it vouches that it is valid JSON.
public struct JSONText: Sendable, Equatable {
    public var text: String
    public init(_ text: String) { self.text = text }
}

/// A `bytea` value.
public struct Bytes: Sendable, Equatable {
    public var bytes: [UInt8]
    public init(_ bytes: [UInt8]) { self.bytes = bytes }
}

// STUB: bodies are to be written; the conformances below are the ones that Lintel uses.
func unwritten() -> Never { fatalError("not written yet") }
extension String: PostgresBindable, PostgresDecodable {}
extension Bool: PostgresBindable, PostgresDecodable {}
extension Int: PostgresBindable, PostgresDecodable {}
extension Int16: PostgresBindable, PostgresDecodable {}
extension Int32: PostgresBindable, PostgresDecodable {}
extension Int64: PostgresBindable, PostgresDecodable {}
extension Double: PostgresBindable, PostgresDecodable {}
extension UUID: PostgresBindable, PostgresDecodable {}
extension Date: PostgresBindable, PostgresDecodable {}
extension JSONText: PostgresBindable, PostgresDecodable {}
extension Bytes: PostgresBindable, PostgresDecodable {}
extension Optional: PostgresBindable where Wrapped: PostgresBindable {}
extension Optional: PostgresDecodable where Wrapped: PostgresDecodable {}
extension Array: PostgresBindable where Element: PostgresBindable {}
extension Array: PostgresDecodable where Element: PostgresDecodable {}

// STUB default implementations, to be removed.
extension PostgresBindable {
    public static var postgresType: UInt32 { unwritten() }
    public static var postgresArrayType: UInt32 { unwritten() }
    public func encode(into buffer: inout [UInt8]) throws -> Bool { unwritten() }
}
extension PostgresDecodable {
    public init(postgresBytes bytes: UnsafeRawBufferPointer?, type: UInt32) throws { unwritten() }
}
