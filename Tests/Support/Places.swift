import Foundation
public import Messaging
import Postgres

extension Spine {
    /// The columns that hold a text, whatever their type.
    public func places(of text: String) async throws -> [String] {
        try await read { tx in
            let columns = try await tx.all(
                """
                SELECT c.table_name, c.column_name, c.data_type FROM information_schema.columns c
                  JOIN information_schema.tables t USING (table_schema, table_name)
                 WHERE c.table_schema = current_schema() AND t.table_type = 'BASE TABLE' ORDER BY 1, 2
                """
            ) {
                (
                    table: try $0["table_name"] as String, name: try $0["column_name"] as String,
                    type: try $0["data_type"] as String
                )
            }
            var found: [String] = []
            for column in columns {
                let (table, name) = (
                    SQL(stringLiteral: "\"\(column.table)\""), SQL(stringLiteral: "\"\(column.name)\"")
                )
                let count: Int? =
                    column.type == "bytea"
                    ? try await tx.first(
                        "SELECT count(*) AS count FROM \(table) WHERE position(\(Bytes(Array(text.utf8))) IN \(name)) > 0"
                    ) { try $0["count"] }
                    : try await tx.first(
                        "SELECT count(*) AS count FROM \(table) WHERE position(lower(\(text)) IN lower(\(name)::text)) > 0"
                    ) { try $0["count"] }
                if (count ?? 0) > 0 { found.append("\(column.table).\(column.name)") }
            }
            return found
        }
    }
}
