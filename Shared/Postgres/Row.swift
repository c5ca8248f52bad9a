/// One row of a result.
public struct Row: Sendable {
    let result: ResultSet
    let index: Int32

    /// Reads a column by name: `let id: UUID = try row["id"]`.
    ///
    /// NULL decodes only into an optional.
    /// - Throws: ``PostgresError`` naming the column when it is missing, NULL or of another type.
    public subscript<Value: PostgresDecodable>(_ column: String) -> Value {
        get throws {
            guard let number = result.columns[column] else {
                throw PostgresError.misuse("the result has no column \"\(column)\"")
            }
            return try value(number, called: column)
        }
    }

    /// Reads a column by its place, counted from 0.
    public subscript<Value: PostgresDecodable>(_ place: Int) -> Value {
        get throws {
            guard result.types.indices.contains(place) else {
                throw PostgresError.misuse("the result has no column \(place)")
            }
            return try value(Int32(place), called: String(place))
        }
    }

    private func value<Value: PostgresDecodable>(_ column: Int32, called name: String) throws -> Value {
        do {
            return try result.withValue(row: index, column: column) { bytes in
                try Value(postgresBytes: bytes, type: result.types[Int(column)])
            }
        } catch let error as PostgresError {
            throw error.at("column \"\(name)\"")
        }
    }
}
