import Contracts
import Foundation
import Postgres

/// The SQL of claims.
struct ClaimStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    /// Who has a lead already, and since when.
    struct Taken: Sendable, Equatable {
        let ownerID: StaffID
        let name: String
        let at: Date
    }

    /// Who has a lead, without waiting for anybody who is just taking it.
    func taken(_ lead: LeadID) async throws -> Taken? {
        try await tx.first(
            """
            SELECT l.owner_id, coalesce(s.name, '') AS name, l.assigned_at
              FROM leads l LEFT JOIN staff s ON s.id = l.owner_id
             WHERE l.id = \(lead) AND l.owner_id IS NOT NULL
            """
        ) { Taken(ownerID: try $0["owner_id"], name: try $0["name"], at: try $0["assigned_at"]) }
    }

    /// What decides whether an agent may take a lead.
    struct Standing: Sendable {
        var load: Int
        var capacity: Int
        /// Claims since the beginning of the day that count for the pool's limit.
        var today: Int
        /// Claimed leads that are open and still theirs, and count for the pool's limit.
        var held: Int
        /// When the lead was taken from them, if it was theirs.
        var leftAt: Date?
        var isFrozen: Bool
        /// Since when it waits in the pool; nil while it is offered to whoever claims it first.
        var pooledAt: Date?
    }

    /// Keeps others from giving this agent leads until the transaction ends, and reads how they stand.
    func standing(
        of agent: StaffID,
        for lead: LeadID,
        in pool: Pool,
        since midnight: Date
    ) async throws -> Standing? {
        try await tx.execute("SELECT FROM rotation WHERE agent_id = \(agent) FOR UPDATE")
        let daily: SQL =
            pool.limits?.perDay == nil
            ? "c.pool NOT IN (SELECT name FROM pools WHERE claims_per_day IS NOT NULL)" : "c.pool = \(pool.name)"
        let kept: SQL =
            pool.limits?.heldAtOnce == nil
            ? "c.pool NOT IN (SELECT name FROM pools WHERE claims_held IS NOT NULL)" : "c.pool = \(pool.name)"
        return try await tx.first(
            """
            SELECT r.load + coalesce((SELECT sum(c.change)::bigint FROM load_changes c
                                       WHERE c.agent_id = r.agent_id), 0) AS load,
                   s.capacity::bigint AS capacity,
                   (SELECT count(*) FROM claims c
                     WHERE c.agent_id = r.agent_id AND c.claimed_at >= \(midnight) AND \(daily)) AS today,
                   (SELECT count(*) FROM leads l
                     WHERE l.owner_id = r.agent_id AND l.status IN ('open', 'contacted')
                       AND EXISTS (SELECT FROM claims c
                                  WHERE c.lead_id = l.id AND c.agent_id = r.agent_id AND \(kept))) AS held,
                   (SELECT x.left_at FROM pool_exits x
                     WHERE x.lead_id = \(lead) AND x.agent_id = r.agent_id) AS left_at,
                   (SELECT CASE WHEN l.offered_until IS NULL THEN l.pooled_at END
                      FROM leads l WHERE l.id = \(lead)) AS pooled_at,
                   EXISTS (SELECT FROM leads l WHERE l.id = \(lead) AND l.frozen_at IS NOT NULL) AS is_frozen
              FROM rotation r JOIN staff s ON s.id = r.agent_id
             WHERE r.agent_id = \(agent)
            """
        ) { row in
            Standing(
                load: try row["load"],
                capacity: try row["capacity"],
                today: try row["today"],
                held: try row["held"],
                leftAt: try row["left_at"],
                isFrozen: try row["is_frozen"],
                pooledAt: try row["pooled_at"]
            )
        }
    }

    func add(_ lead: LeadID, by agent: StaffID, from pool: String, at now: Date) async throws {
        try tx.later(
            """
            INSERT INTO claims (id, lead_id, agent_id, pool, claimed_at)
            VALUES (\(UUID.v7(at: now)), \(lead), \(agent), \(pool), \(now))
            """
        )
    }

    /// Nobody may claim a lead, or everybody again.
    func freeze(_ lead: LeadID, by staff: StaffID?, at now: Date?) async throws {
        try tx.later("UPDATE leads SET frozen_at = \(now), frozen_by = \(staff) WHERE id = \(lead)")
    }
}
