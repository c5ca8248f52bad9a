public import Contracts
import Foundation
public import Postgres

extension Identifier: PostgresBindable {
    public static var postgresType: UInt32 { UUID.postgresType }
    public static var postgresArrayType: UInt32 { UUID.postgresArrayType }

    public func encode(into buffer: inout [UInt8]) throws -> Bool { try uuid.encode(into: &buffer) }
}

extension Identifier: PostgresDecodable {
    public init(postgresBytes bytes: UnsafeRawBufferPointer?, type: UInt32) throws {
        self.init(try UUID(postgresBytes: bytes, type: type))
    }
}

extension JSONText {
    /// A value in its wire form, for a `jsonb` column.
    public init(wire value: some Encodable) throws {
        self.init(try Wire.json(of: value))
    }

    /// Reads the value back.
    public func decode<Value: Decodable>(_ type: Value.Type = Value.self) throws -> Value {
        try Wire.read(type, from: Array(text.utf8)) ?? Wire.decoder.decode(type, from: Data(text.utf8))
    }
}
