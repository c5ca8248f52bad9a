import Contracts
import Foundation
import Postgres

/// The SQL of leads that are offered to the members of a pool.
extension LeadStore {
    /// Notes until when leads are offered, and under which rule.
    func offer(_ leads: [(id: LeadID, rule: String, until: Date)]) async throws {
        try tx.later(
            """
            UPDATE leads l
               SET offered_rule = n.rule, offered_until = n.until
              FROM unnest(\(leads.map(\.id.uuid))::uuid[], \(leads.map(\.rule))::text[],
                          \(leads.map(\.until))::timestamptz[]) AS n (id, rule, until)
             WHERE l.id = n.id
            """
        )
    }

    /// The rules under which leads were offered whose time is over.
    func offers(of leads: [LeadID], endedBy now: Date) async throws -> [LeadID: String] {
        let found = try await tx.all(
            """
            SELECT id, offered_rule FROM leads
             WHERE id = ANY(\(leads.map(\.uuid))::uuid[]) AND offered_rule IS NOT NULL AND offered_until <= \(now)
            """
        ) { (try $0["id"] as LeadID, try $0["offered_rule"] as String) }
        return Dictionary(found) { first, _ in first }
    }

    func endOffers(_ leads: [LeadID]) async throws {
        try tx.later(
            """
            UPDATE leads SET offered_rule = NULL, offered_until = NULL
             WHERE id = ANY(\(leads.map(\.uuid))::uuid[])
            """
        )
    }
}
