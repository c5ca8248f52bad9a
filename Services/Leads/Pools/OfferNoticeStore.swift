import Contracts
import Foundation
import Postgres

/// The SQL of telling pools' members what is offered to them.
struct OfferNoticeStore: Sendable {
    /// What came into a pool since its members were told, and is still to be had.
    struct Fresh: Sendable {
        let pool: String
        let leads: Int
        /// Until when the last of them is offered.
        let until: Date
    }

    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    func note(_ leads: [(id: LeadID, pool: String)]) async throws {
        try tx.later(
            """
            INSERT INTO offer_notices (lead_id, pool)
            SELECT lead_id, pool
              FROM unnest(\(leads.map(\.id.uuid))::uuid[], \(leads.map(\.pool))::text[]) AS n (lead_id, pool)
            ON CONFLICT (lead_id) DO UPDATE SET pool = EXCLUDED.pool
            """
        )
    }

    /// When members were last told; nobody else tells them until the transaction ends.
    func lastTold() async throws -> Date {
        try await tx.first("SELECT told_at FROM offer_notice_pace FOR UPDATE") { try $0["told_at"] } ?? .distantPast
    }

    /// For how many seconds that is offered, of what is still to be had and told, which is offered for the shortest time.
    func shortestUntold(at now: Date) async throws -> TimeInterval? {
        try await tx.first(
            """
            SELECT extract(epoch FROM min(l.offered_until - coalesce(l.pooled_at, l.assigned_at)))::float8 AS seconds
              FROM offer_notices n JOIN leads l ON l.id = n.lead_id AND l.pool = n.pool
             WHERE l.status = 'open' AND l.frozen_at IS NULL AND l.offered_until > \(now)
            """
        ) { try $0["seconds"] as Double? } ?? nil
    }

    /// What is to be told, once: without what was claimed meanwhile, is kept back or whose time is over.
    func take(at now: Date) async throws -> [Fresh] {
        try await tx.all(
            """
            WITH taken AS (DELETE FROM offer_notices RETURNING lead_id, pool)
            SELECT l.pool, count(*) AS leads, max(l.offered_until) AS until
              FROM taken t JOIN leads l ON l.id = t.lead_id AND l.pool = t.pool
             WHERE l.status = 'open' AND l.frozen_at IS NULL AND l.offered_until > \(now)
             GROUP BY l.pool ORDER BY l.pool
            """
        ) { Fresh(pool: try $0["pool"], leads: try $0["leads"], until: try $0["until"]) }
    }

    func told(at now: Date) async throws { try tx.later("UPDATE offer_notice_pace SET told_at = \(now)") }
}
