import Contracts
import Foundation
import Messaging
import Postgres

/// A lead that waits in a pool: what it is about, nothing of who the person is.
struct PooledLead: Codable, Sendable {
    let id: LeadID
    let grade: String
    let channel: String
    let project: String?
    let district: String?
    let need: Need?
    let receivedAt: Date
    /// Since when it is in this pool.
    let pooledAt: Date
    let isFrozen: Bool
    /// Until when only those may have it who claim it.
    let offeredUntil: Date?
}

/// The SQL of pools that are only looked at, and of their own properties.
struct PoolQueryStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    /// How many leads wait in each pool.
    func counts() async throws -> [String: Int] {
        let rows = try await tx.all(
            """
            SELECT pool, count(*) AS count FROM leads
             WHERE pool IS NOT NULL AND status IN ('open', 'contacted') GROUP BY pool
            """
        ) { (try $0["pool"] as String, try $0["count"] as Int) }
        return Dictionary(rows) { first, _ in first }
    }

    /// What waits in a pool, the longest first.
    func leads(
        in pool: String,
        after: (time: Date, id: UUID)? = nil,
        limit: Int
    ) async throws -> [PooledLead] {
        let from: SQL = after.map { "AND (received_at, id) > (\($0.time), \($0.id))" } ?? ""
        return try await tx.all(
            """
            SELECT id, grade, channel, project, district, need, received_at,
                   coalesce(pooled_at, assigned_at) AS pooled_at, frozen_at IS NOT NULL AS is_frozen, offered_until
              FROM leads
             WHERE pool = \(pool) AND status IN ('open', 'contacted') \(from)
             ORDER BY received_at, id LIMIT \(limit)
            """
        ) { row in
            let need: JSONText? = try row["need"]
            return PooledLead(
                id: try row["id"],
                grade: try row["grade"],
                channel: try row["channel"],
                project: try row["project"],
                district: try row["district"],
                need: try need?.decode(),
                receivedAt: try row["received_at"],
                pooledAt: try row["pooled_at"],
                isFrozen: try row["is_frozen"],
                offeredUntil: try row["offered_until"]
            )
        }
    }

    /// Adds a pool, or changes one.
    /// - Returns: its version from now on.
    func save(_ pool: Pool) async throws -> Int? {
        try await tx.first(
            """
            INSERT INTO pools (name, title, team_id, gives_out, takes_recycled,
                               claims_per_day, claims_held, former_owner_waits, new_leads_wait)
            VALUES (\(pool.name), \(pool.title), \(pool.teamID), \(pool.givesOut), \(pool.takesRecycled),
                    \(pool.limits?.perDay)::integer, \(pool.limits?.heldAtOnce)::integer,
                    \(pool.limits?.formerOwnerWaits)::integer, \(pool.limits?.newLeadsWait)::integer)
            ON CONFLICT (name) DO UPDATE
               SET title = EXCLUDED.title, team_id = EXCLUDED.team_id, gives_out = EXCLUDED.gives_out,
                   takes_recycled = EXCLUDED.takes_recycled, claims_per_day = EXCLUDED.claims_per_day,
                   claims_held = EXCLUDED.claims_held, former_owner_waits = EXCLUDED.former_owner_waits,
                   new_leads_wait = EXCLUDED.new_leads_wait, version = pools.version + 1
            RETURNING version::bigint AS version
            """
        ) { try $0["version"] }
    }
}
