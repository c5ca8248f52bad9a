import Contracts
import Foundation
import Messaging
import Postgres

/// The SQL of exports.
struct ExportStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    func insert(_ export: Export) async throws {
        try await tx.execute(
            """
            INSERT INTO exports (id, staff_id, filter, is_unmasked, reason, began_at)
            VALUES (\(export.id), \(export.staffID), \(try JSONText(wire: export.filter)), \(export.isUnmasked),
                    \(export.reason), \(export.beganAt))
            """
        )
    }

    /// - Returns: whether it had not ended yet.
    func end(_ id: ExportID, rows: Int, at time: Date) async throws -> Bool {
        try await tx.execute(
            "UPDATE exports SET ended_at = \(time), row_count = \(Int64(rows)) WHERE id = \(id) AND ended_at IS NULL"
        ) == 1
    }

    /// Newest first: everybody's, or one's own.
    func list(of staff: StaffID?, limit: Int) async throws -> [Export] {
        let own: SQL = staff.map { "staff_id = \($0)" } ?? "true"
        return try await tx.all(
            """
            SELECT id, staff_id, filter, is_unmasked, reason, began_at, ended_at, row_count
              FROM exports WHERE \(own) ORDER BY began_at DESC, id DESC LIMIT \(limit)
            """
        ) { row in
            let filter: JSONText = try row["filter"]
            return Export(
                id: try row["id"],
                staffID: try row["staff_id"],
                filter: try filter.decode(),
                isUnmasked: try row["is_unmasked"],
                reason: try row["reason"],
                beganAt: try row["began_at"],
                endedAt: try row["ended_at"],
                rows: try row["row_count"]
            )
        }
    }
}
