import Contracts
import Foundation
import Messaging
import Postgres

/// The tables `customers` and `deals` as events write them that are not put together with others.
struct CustomerEventStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    /// Open deals go with their customers to the new owners.
    func passOnDeals(of customers: [UID]) async throws {
        guard !customers.isEmpty else { return }
        try tx.later(
            """
            UPDATE deals d
               SET owner_id = c.owner_id, team_id = c.team_id
              FROM customers c JOIN staff s ON s.id = c.owner_id
             WHERE c.uid = d.uid AND d.stage NOT IN ('won', 'lost')
               AND c.uid = ANY(\(customers.map(\.uuid))::uuid[])
            """
        )
    }

    func graded(_ arrival: Arrival<LeadGraded>) async throws {
        let why = try JSONText(wire: arrival.message.why)
        try tx.later(
            """
            UPDATE customers SET grade = \(arrival.message.grade), grade_why = \(why)
             WHERE uid = \(arrival.message.uid) AND lead_id = \(arrival.message.leadID)
            """
        )
    }

    func contacted(_ arrival: Arrival<LeadContacted>) async throws {
        try tx.later(
            """
            UPDATE customers
               SET stage = CASE WHEN stage = 'enquiry' THEN 'contacted' ELSE stage END, first_response_due_at = NULL,
                   last_contact_at = greatest(last_contact_at, \(arrival.message.contactedAt))
             WHERE uid = \(arrival.message.uid)
            """
        )
    }

    func discarded(_ arrival: Arrival<LeadDiscarded>) async throws {
        try tx.later(
            """
            UPDATE customers
               SET stage = CASE WHEN stage IN ('enquiry', 'contacted') THEN 'discarded' ELSE stage END,
                   first_response_due_at = NULL
             WHERE uid = \(arrival.message.uid) AND lead_id = \(arrival.message.leadID)
            """
        )
    }

    /// What is to follow was said in Leads; a contact that was logged since has said something else.
    func planned(_ arrival: Arrival<LeadFollowUpSet>) async throws {
        try tx.later(
            """
            UPDATE customers SET next_action = \(arrival.message.note), next_at = \(arrival.message.dueAt)
             WHERE uid = \(arrival.message.uid) AND lead_id = \(arrival.message.leadID)
               AND (last_contact_at IS NULL OR last_contact_at <= \(arrival.envelope.time))
            """
        )
    }

    /// The story goes on as after a new enquiry; who has it, and until when, is told with the assignment.
    func reopened(_ arrival: Arrival<LeadReopened>) async throws {
        let stage = arrival.message.isContacted ? "contacted" : "enquiry"
        try tx.later(
            """
            UPDATE customers
               SET stage = CASE WHEN stage IN ('lost', 'discarded') THEN \(stage) ELSE stage END,
                   lead_id = \(arrival.message.leadID), active_at = greatest(active_at, \(arrival.envelope.time))
             WHERE uid = \(arrival.message.uid)
            """
        )
    }
}
