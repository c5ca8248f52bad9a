/// One row of a result.
public struct Row: Sendable {
    /// Reads a column by name: `let id: UUID = try row["id"]`. NULL decodes only into an optional.
    /// - Throws: ``PostgresError`` naming the column when it is missing, NULL or of another type.
    public subscript<Value: PostgresDecodable>(_ column: String) -> Value {
        get throws { unwritten() }
    }
}
