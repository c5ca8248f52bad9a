public import struct Foundation.UUID

extension Optional: PostgresBindable where Wrapped: PostgresBindable {
    public static var postgresType: UInt32 { Wrapped.postgresType }
    public static var postgresArrayType: UInt32 { Wrapped.postgresArrayType }

    public func encode(into buffer: inout [UInt8]) throws -> Bool {
        guard let value = self else { return false }
        return try value.encode(into: &buffer)
    }
}

extension Optional: PostgresDecodable where Wrapped: PostgresDecodable {
    public init(postgresBytes bytes: UnsafeRawBufferPointer?, type: UInt32) throws {
        self = try bytes.map { try Wrapped(postgresBytes: $0, type: type) }
    }
}

extension Array: PostgresBindable where Element: PostgresBindable {
    public static var postgresType: UInt32 { Element.postgresArrayType }
    /// PostgreSQL knows no arrays of arrays, only arrays of several dimensions, which are not bound.
    public static var postgresArrayType: UInt32 { 0 }

    public func encode(into buffer: inout [UInt8]) throws -> Bool {
        guard Element.postgresArrayType != 0 else { throw PostgresError.misuse("\(Self.self) cannot be bound") }
        let start = buffer.count
        buffer.append(bigEndian: Int32(isEmpty ? 0 : 1))  // dimensions
        buffer.append(bigEndian: Int32(0))  // whether there are NULLs, set below
        buffer.append(bigEndian: Element.postgresType)
        guard !isEmpty else { return true }
        buffer.append(bigEndian: Int32(count))
        buffer.append(bigEndian: Int32(1))  // the index of the first element
        var hasNulls = false
        for element in self {
            let isPresent = try buffer.append(lengthPrefixed: element)
            if !isPresent { hasNulls = true }
        }
        if hasNulls { buffer.set(bigEndian: 1, at: start + 4) }
        return true
    }
}

extension [UUID] {
    /// The array as PostgreSQL writes it, to be cast to `uuid[]`: for statements that take one array for every row.
    public var arrayText: String { "{" + map(\.uuidString).joined(separator: ",") + "}" }
}

extension [String] {
    /// The array as PostgreSQL writes it, to be cast to `text[]`: for statements that take one array for every row.
    public var arrayText: String {
        var text = "{"
        for element in self {
            text += text.utf8.count == 1 ? "\"" : ",\""
            for scalar in element.unicodeScalars {
                if scalar == "\"" || scalar == "\\" { text += "\\" }
                text.unicodeScalars.append(scalar)
            }
            text += "\""
        }
        return text + "}"
    }
}

extension Array: PostgresDecodable where Element: PostgresDecodable {
    public init(postgresBytes bytes: UnsafeRawBufferPointer?, type: UInt32) throws {
        let bytes = try Self.present(bytes)
        let dimensions = try bytes.bigEndian(Int32.self)
        guard dimensions == 0 || dimensions == 1 else { throw Self.wrongType(type) }
        let element = try bytes.bigEndian(UInt32.self, at: 8)
        let count = dimensions == 0 ? 0 : Int(try bytes.bigEndian(Int32.self, at: 12))
        var values: [Element] = []
        // A value that is no array could claim any number of elements; each takes four bytes at least.
        guard count >= 0, count <= bytes.count / 4 else { throw Self.wrongType(type) }
        values.reserveCapacity(count)
        var offset = 20
        for _ in 0..<count {
            let length = Int(try bytes.bigEndian(Int32.self, at: offset))
            offset += 4
            guard length <= bytes.count - offset else { throw Self.wrongType(type) }
            let slice = length < 0 ? nil : UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + length])
            values.append(try Element(postgresBytes: slice, type: element))
            offset += Swift.max(length, 0)
        }
        self = values
    }
}
