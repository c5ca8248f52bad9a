public import Foundation
public import Postgres

/// The SQL of who still works here; every service's table of staff says it alike.
public struct StandingStore: Sendable {
    private let tx: Transaction

    public init(_ tx: Transaction) { self.tx = tx }

    /// How these people stand, of those whom the service has heard of; `key` is what its table calls them by.
    public func of(_ staff: [UUID], key: SQL = "id") async throws -> [UUID: Standing] {
        let rows: [(UUID, Standing)] = try await tx.all(
            """
            SELECT \(key) AS id, is_active, sign_in_epoch::bigint AS epoch
              FROM staff WHERE \(key) = ANY(\(staff)::uuid[])
            """
        ) { row in
            (try row["id"], Standing(isActive: try row["is_active"], epoch: try row["epoch"]))
        }
        return Dictionary(uniqueKeysWithValues: rows)
    }
}
