public import struct Foundation.UUID

extension String: PostgresBindable, PostgresDecodable {
    public static var postgresType: UInt32 { TypeID.text }
    public static var postgresArrayType: UInt32 { 1_009 }

    public func encode(into buffer: inout [UInt8]) throws -> Bool {
        let start = buffer.count
        buffer.append(contentsOf: utf8)
        let hasNUL = buffer.withUnsafeBytes { $0[start...].contains(0) }
        guard !hasNUL else { throw PostgresError.misuse("text holds U+0000, which PostgreSQL cannot store") }
        return true
    }

    public init(postgresBytes bytes: UnsafeRawBufferPointer?, type: UInt32) throws {
        let bytes = try Self.present(bytes)
        if TypeID.isText(type) {
            self = String(decoding: bytes, as: UTF8.self)
        } else if type == TypeID.jsonb, try bytes.bigEndian(UInt8.self) == 1 {
            self = String(decoding: bytes.dropFirst(), as: UTF8.self)
        } else {
            throw Self.wrongType(type)
        }
    }
}

extension JSONText: PostgresBindable, PostgresDecodable {
    public static var postgresType: UInt32 { TypeID.jsonb }
    public static var postgresArrayType: UInt32 { 3_807 }

    public func encode(into buffer: inout [UInt8]) throws -> Bool {
        buffer.append(1)  // the version of jsonb's binary format
        return try text.encode(into: &buffer)
    }

    public init(postgresBytes bytes: UnsafeRawBufferPointer?, type: UInt32) throws {
        text = try String(postgresBytes: Self.present(bytes), type: type)
    }
}

extension Bytes: PostgresBindable, PostgresDecodable {
    public static var postgresType: UInt32 { TypeID.bytea }
    public static var postgresArrayType: UInt32 { 1_001 }

    public func encode(into buffer: inout [UInt8]) throws -> Bool {
        buffer.append(contentsOf: bytes)
        return true
    }

    public init(postgresBytes bytes: UnsafeRawBufferPointer?, type: UInt32) throws {
        let bytes = try Self.present(bytes)
        guard type == TypeID.bytea else { throw Self.wrongType(type) }
        self.bytes = Array(bytes)
    }
}

extension UUID: PostgresBindable, PostgresDecodable {
    public static var postgresType: UInt32 { TypeID.uuid }
    public static var postgresArrayType: UInt32 { 2_951 }

    public func encode(into buffer: inout [UInt8]) throws -> Bool {
        withUnsafeBytes(of: uuid) { buffer.append(contentsOf: $0) }
        return true
    }

    public init(postgresBytes bytes: UnsafeRawBufferPointer?, type: UInt32) throws {
        let bytes = try Self.present(bytes)
        guard type == TypeID.uuid, bytes.count == 16 else { throw Self.wrongType(type) }
        self.init(
            uuid: (
                bytes[0], bytes[1], bytes[2], bytes[3], bytes[4], bytes[5], bytes[6], bytes[7],
                bytes[8], bytes[9], bytes[10], bytes[11], bytes[12], bytes[13], bytes[14], bytes[15]
            )
        )
    }
}
