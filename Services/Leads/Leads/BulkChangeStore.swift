import Contracts
import Foundation
import Messaging
import Postgres

/// The SQL of what was done with many leads a moment ago.
struct BulkChangeStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    func keep(_ before: BulkBefore, _ id: UUID, by actor: String, now: Date) async throws {
        try tx.later("DELETE FROM bulk_changes WHERE changed_at < \(now.addingTimeInterval(-3_600))")
        try tx.later(
            """
            INSERT INTO bulk_changes (id, actor, before, changed_at)
            VALUES (\(id), \(actor), \(try JSONText(wire: before)), \(now))
            """
        )
    }

    /// What one has done since a time; it can be asked for once.
    func take(_ id: UUID, by actor: String, since time: Date) async throws -> BulkBefore? {
        try await tx.first(
            "DELETE FROM bulk_changes WHERE id = \(id) AND actor = \(actor) AND changed_at > \(time) RETURNING before"
        ) { row in
            let before: JSONText = try row["before"]
            return try before.decode()
        }
    }

    /// - Returns: whether leads were about to be given up by this person, and are not any more.
    func cancelDiscard(_ id: UUID, by staff: StaffID?) async throws -> Bool {
        guard let staff else { return false }
        return try await tx.execute(
            """
            DELETE FROM timers
             WHERE kind = \(BulkDiscard.timerKind) AND key = \(id.wire) AND payload ->> 'by' = \(staff.description)
            """
        ) == 1
    }
}
