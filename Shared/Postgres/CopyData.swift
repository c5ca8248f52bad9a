/// Rows in the binary format of COPY.
struct CopyData {
    private(set) var bytes: [UInt8] = Array("PGCOPY\n".utf8) + [0xFF, 0x0D, 0x0A, 0]

    /// - Throws: ``PostgresError`` when a row is too short or long, or a value has another type than its column.
    init(columns: [String], types: [UInt32], rows: [[any PostgresBindable]]) throws {
        bytes.append(bigEndian: Int32(0))  // flags
        bytes.append(bigEndian: Int32(0))  // header extension
        for (number, row) in rows.enumerated() {
            guard row.count == columns.count else {
                throw PostgresError.misuse("row \(number) has \(row.count) values for \(columns.count) columns")
            }
            bytes.append(bigEndian: Int16(row.count))
            for (column, value) in row.enumerated() {
                do {
                    try append(value, as: types[column])
                } catch let error as PostgresError {
                    throw error.at("row \(number), column \"\(columns[column])\"")
                }
            }
        }
        bytes.append(bigEndian: Int16(-1))
    }

    private mutating func append(_ value: any PostgresBindable, as type: UInt32) throws {
        let given = Swift.type(of: value).postgresType
        if given == type || (TypeID.isText(given) && TypeID.isText(type)) {
            try bytes.append(lengthPrefixed: value)
        } else if Self.isWhole(given), Self.isWhole(type) {
            try appendWhole(value, from: given, to: type)
        } else {
            throw PostgresError.misuse("the value has type OID \(given), the column \(type)")
        }
    }

    private static func isWhole(_ type: UInt32) -> Bool {
        type == TypeID.int2 || type == TypeID.int4 || type == TypeID.int8
    }

    private mutating func appendWhole(_ value: any PostgresBindable, from given: UInt32, to type: UInt32) throws {
        var encoded: [UInt8] = []
        guard try value.encode(into: &encoded) else { return bytes.append(bigEndian: Int32(-1)) }
        _ = try encoded.withUnsafeBytes { raw in
            switch type {
            case TypeID.int2: try bytes.append(lengthPrefixed: Int16(postgresBytes: raw, type: given))
            case TypeID.int4: try bytes.append(lengthPrefixed: Int32(postgresBytes: raw, type: given))
            default: try bytes.append(lengthPrefixed: Int64(postgresBytes: raw, type: given))
            }
        }
    }
}
