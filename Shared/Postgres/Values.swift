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

/// A `jsonb` value as text.
///
/// Whoever sends it vouches that it is valid JSON.
public struct JSONText: Sendable, Equatable {
    public var text: String
    public init(_ text: String) { self.text = text }
}

/// A `bytea` value.
public struct Bytes: Sendable, Equatable {
    public var bytes: [UInt8]
    public init(_ bytes: [UInt8]) { self.bytes = bytes }
}

/// The OIDs that PostgreSQL gave its own types; they never change.
enum TypeID {
    static let bool: UInt32 = 16
    static let bytea: UInt32 = 17
    static let name: UInt32 = 19
    static let int8: UInt32 = 20
    static let int2: UInt32 = 21
    static let int4: UInt32 = 23
    static let text: UInt32 = 25
    static let oid: UInt32 = 26
    static let json: UInt32 = 114
    static let float4: UInt32 = 700
    static let float8: UInt32 = 701
    static let unknown: UInt32 = 705
    static let bpchar: UInt32 = 1042
    static let varchar: UInt32 = 1043
    static let date: UInt32 = 1082
    static let timestamptz: UInt32 = 1184
    static let numeric: UInt32 = 1700
    static let uuid: UInt32 = 2950
    static let jsonb: UInt32 = 3802

    /// Types whose binary form is their text in UTF-8.
    static func isText(_ type: UInt32) -> Bool {
        switch type {
        case text, varchar, bpchar, name, json, unknown: true
        default: false
        }
    }
}

/// Values that stand for another: typed identifiers and enumerations need only declare the conformance.
extension PostgresBindable where Self: RawRepresentable, RawValue: PostgresBindable {
    public static var postgresType: UInt32 { RawValue.postgresType }
    public static var postgresArrayType: UInt32 { RawValue.postgresArrayType }
    public func encode(into buffer: inout [UInt8]) throws -> Bool { try rawValue.encode(into: &buffer) }
}

extension PostgresDecodable where Self: RawRepresentable, RawValue: PostgresDecodable {
    public init(postgresBytes bytes: UnsafeRawBufferPointer?, type: UInt32) throws {
        let raw = try RawValue(postgresBytes: bytes, type: type)
        guard let value = Self(rawValue: raw) else { throw PostgresError.misuse("the value is no \(Self.self)") }
        self = value
    }
}

extension PostgresDecodable {
    /// The bytes of a value that must not be NULL.
    static func present(_ bytes: UnsafeRawBufferPointer?) throws -> UnsafeRawBufferPointer {
        guard let bytes else { throw PostgresError.misuse("is NULL, which \(Self.self) cannot hold") }
        return bytes
    }

    static func wrongType(_ type: UInt32) -> PostgresError {
        .misuse("has type OID \(type), which \(Self.self) cannot read")
    }
}
