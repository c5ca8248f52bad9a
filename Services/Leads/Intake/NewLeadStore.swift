import Contracts
import Foundation
import Messaging
import Postgres

/// A lead that an enquiry has made, with everything that was decided about it.
struct NewLead: Sendable {
    var lead: Lead
    /// The UID that it was told of, where that one is a part of the person now.
    var origin: UID?
    let submissionID: UUID
    let enquiry: Enquiry
    let gradeWhy: Why
    var assignment: Assignment
}

/// The SQL that adds leads.
struct NewLeadStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    /// Adds leads and the decisions about them.
    func insert(_ leads: [NewLead], now: Date) async throws {
        guard !leads.isEmpty else { return }
        let grades = try leads.map { try JSONText(wire: $0.gradeWhy) }
        let assignments = try leads.map { try JSONText(wire: $0.assignment.why) }
        try tx.later(
            """
            INSERT INTO leads (id, uid, origin, status, grade, grade_why, channel, campaign, project, district, need, message,
                               owner_id, team_id, pool, owner_why, owners, response_due_at, received_at, assigned_at,
                               last_touch_at, pooled_at)
            SELECT id, uid, origin, 'open', grade, grade_why, channel, campaign, project, district, need, message,
                   owner_id, team_id, pool, owner_why, array_remove(ARRAY[owner_id], NULL), due, \(now), \(now), \(now),
                   CASE WHEN pool IS NOT NULL THEN \(now) END
              FROM unnest(\(leads.map(\.lead.id.uuid))::uuid[], \(leads.map(\.lead.uid.uuid))::uuid[],
                          \(leads.map(\.origin?.uuid))::uuid[], \(leads.map(\.lead.grade.rawValue))::text[],
                          \(grades)::jsonb[],
                          \(leads.map(\.lead.channel))::text[], \(leads.map(\.enquiry.campaign))::text[],
                          \(leads.map(\.lead.project))::text[], \(leads.map(\.lead.district))::text[],
                          \(try leads.map { try $0.enquiry.need.map { try JSONText(wire: $0) } })::jsonb[],
                          \(leads.map(\.enquiry.message))::text[],
                          \(leads.map { $0.lead.ownerID?.uuid })::uuid[], \(leads.map { $0.lead.teamID?.uuid })::uuid[],
                          \(leads.map(\.lead.pool))::text[],
                          \(assignments)::jsonb[],
                          \(leads.map(\.lead.responseDueAt))::timestamptz[])
                   AS t (id, uid, origin, grade, grade_why, channel, campaign, project, district, need, message, owner_id,
                         team_id, pool, owner_why, due)
            """
        )
        let decisions = zip(leads, zip(grades, assignments)).flatMap { new, whys in
            [
                DecisionStore.Entry(leadID: new.lead.id, kind: "grade", outcome: new.lead.grade.rawValue, why: whys.0),
                DecisionStore.Entry(
                    leadID: new.lead.id,
                    kind: "assign",
                    outcome: new.assignment.outcome,
                    why: whys.1,
                    basis: new.assignment.basis
                ),
            ]
        }
        try await DecisionStore(tx).insert(decisions, actor: "system", now: now)
    }
}
