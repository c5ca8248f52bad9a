import Contracts
import Foundation
import Messaging
import Postgres

/// The SQL of when people are to be called next.
struct FollowUpStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    /// What is known of leads, which the caller has locked.
    func of(_ leads: [LeadID]) async throws -> [LeadID: FollowUp] {
        guard !leads.isEmpty else { return [:] }
        let found = try await tx.all(
            """
            SELECT id, next_at, next_note, next_set_by, next_set_at, next_step, next_why FROM leads
             WHERE id = ANY(\(leads.map(\.uuid))::uuid[]) AND next_at IS NOT NULL
            """
        ) { row in
            FollowUp(
                leadID: try row["id"],
                dueAt: try row["next_at"],
                note: try row["next_note"],
                setBy: try row["next_set_by"],
                setAt: try row["next_set_at"],
                step: FollowUp.Step(rawValue: try row["next_step"]) ?? .escalated,
                why: try (row["next_why"] as JSONText).decode()
            )
        }
        return Dictionary(found.map { ($0.leadID, $0) }) { first, _ in first }
    }

    /// Each lead may be among them once.
    func save(_ followUps: [FollowUp]) throws {
        guard !followUps.isEmpty else { return }
        try tx.later(
            """
            UPDATE leads l
               SET next_at = n.due_at, next_note = n.note, next_set_by = n.set_by, next_set_at = n.set_at,
                   next_step = n.step, next_why = n.why
              FROM unnest(\(followUps.map(\.leadID.uuid))::uuid[], \(followUps.map(\.dueAt))::timestamptz[],
                          \(followUps.map(\.note))::text[], \(followUps.map(\.setBy?.uuid))::uuid[],
                          \(followUps.map(\.setAt))::timestamptz[], \(followUps.map(\.step.rawValue))::text[],
                          \(try followUps.map { try JSONText(wire: $0.why) })::jsonb[])
                   AS n (id, due_at, note, set_by, set_at, step, why)
             WHERE l.id = n.id
            """
        )
    }

    /// There is nothing to call about any more.
    func clear(_ leads: [LeadID]) throws {
        guard !leads.isEmpty else { return }
        try tx.later(
            """
            UPDATE leads
               SET next_at = NULL, next_note = NULL, next_set_by = NULL, next_set_at = NULL, next_step = NULL,
                   next_why = NULL
             WHERE id = ANY(\(leads.map(\.uuid))::uuid[]) AND next_at IS NOT NULL
            """
        )
    }
}
