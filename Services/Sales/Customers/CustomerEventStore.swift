import Contracts
import Foundation
import Messaging
import Postgres

/// The table `customers` as events write it.
///
/// The three that come in masses are set-based.
struct CustomerEventStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    func identified(_ arrivals: [Arrival<PersonIdentified>]) async throws {
        let last = Self.last(arrivals) { $0.message.uid }
        try await tx.execute(
            """
            INSERT INTO customers (uid, name, phones, emails, wechat, language, consent, first_seen_at, active_at)
            SELECT (m ->> 'uid')::uuid, m -> 'person' ->> 'name',
                   ARRAY(SELECT jsonb_array_elements_text(m -> 'person' -> 'phones')),
                   ARRAY(SELECT jsonb_array_elements_text(m -> 'person' -> 'emails')),
                   m -> 'person' ->> 'wechat', m -> 'person' ->> 'language', m -> 'consent', at, at
              FROM unnest(\(try last.map { try JSONText(wire: $0.message) })::jsonb[],
                          \(last.map(\.envelope.time))::timestamptz[]) AS t (m, at)
            ON CONFLICT (uid) DO UPDATE
               SET name = EXCLUDED.name, phones = EXCLUDED.phones, emails = EXCLUDED.emails,
                   wechat = EXCLUDED.wechat, language = EXCLUDED.language, consent = EXCLUDED.consent
            """
        )
    }

    /// A new lead begins the customer's story, or begins it again after an earlier lead has ended.
    func received(_ arrivals: [Arrival<LeadReceived>]) async throws {
        let last = Self.last(arrivals) { $0.message.uid }
        try await tx.execute(
            """
            INSERT INTO customers (uid, name, phones, emails, wechat, language, need, consent, lead_id, channel, grade,
                                   grade_why, first_seen_at, active_at)
            SELECT (m ->> 'uid')::uuid, m -> 'person' ->> 'name',
                   ARRAY(SELECT jsonb_array_elements_text(m -> 'person' -> 'phones')),
                   ARRAY(SELECT jsonb_array_elements_text(m -> 'person' -> 'emails')),
                   m -> 'person' ->> 'wechat', m -> 'person' ->> 'language', m -> 'need', m -> 'consent',
                   (m ->> 'leadID')::uuid, m ->> 'channel', m ->> 'grade', m -> 'gradeWhy', at, at
              FROM unnest(\(try last.map { try JSONText(wire: $0.message) })::jsonb[],
                          \(last.map(\.envelope.time))::timestamptz[]) AS t (m, at)
            ON CONFLICT (uid) DO UPDATE
               SET name = coalesce(EXCLUDED.name, customers.name), phones = EXCLUDED.phones, emails = EXCLUDED.emails,
                   wechat = coalesce(EXCLUDED.wechat, customers.wechat),
                   language = coalesce(EXCLUDED.language, customers.language),
                   need = coalesce(EXCLUDED.need, customers.need),
                   lead_id = EXCLUDED.lead_id, channel = EXCLUDED.channel, grade = EXCLUDED.grade,
                   grade_why = EXCLUDED.grade_why,
                   first_seen_at = least(customers.first_seen_at, EXCLUDED.first_seen_at),
                   active_at = greatest(customers.active_at, EXCLUDED.active_at),
                   stage = CASE WHEN customers.stage IN ('lost', 'discarded') THEN 'enquiry' ELSE customers.stage END
            """
        )
    }

    func assigned(_ arrivals: [Arrival<LeadAssigned>]) async throws {
        let last = Self.last(arrivals) { $0.message.uid }
        try await tx.execute(
            """
            INSERT INTO customers (uid, name, lead_id, channel, grade, owner_id, team_id, owner_why,
                                   first_response_due_at, first_seen_at, active_at)
            SELECT (m ->> 'uid')::uuid, m ->> 'customerName', (m ->> 'leadID')::uuid, m ->> 'channel', m ->> 'grade',
                   (m ->> 'ownerID')::uuid,
                   coalesce((m ->> 'teamID')::uuid, (SELECT team_id FROM staff WHERE id = (m ->> 'ownerID')::uuid)),
                   m -> 'why', (m ->> 'firstResponseDueAt')::timestamptz, at, at
              FROM unnest(\(try last.map { try JSONText(wire: $0.message) })::jsonb[],
                          \(last.map(\.envelope.time))::timestamptz[]) AS t (m, at)
            ON CONFLICT (uid) DO UPDATE
               SET name = coalesce(customers.name, EXCLUDED.name), lead_id = EXCLUDED.lead_id,
                   channel = EXCLUDED.channel, grade = EXCLUDED.grade, owner_id = EXCLUDED.owner_id,
                   team_id = EXCLUDED.team_id, owner_why = EXCLUDED.owner_why,
                   first_response_due_at = EXCLUDED.first_response_due_at,
                   active_at = greatest(customers.active_at, EXCLUDED.active_at)
            """
        )
    }

    /// Open deals go with the customer to the new owner.
    func passOnDeals(_ arrivals: [Arrival<LeadAssigned>]) async throws {
        let reassigned = arrivals.filter { $0.message.previousOwnerID != nil && $0.message.ownerID != nil }
        guard !reassigned.isEmpty else { return }
        try await tx.execute(
            """
            UPDATE deals d
               SET owner_id = c.owner_id, team_id = c.team_id
              FROM customers c JOIN staff s ON s.id = c.owner_id
             WHERE c.uid = d.uid AND d.stage NOT IN ('won', 'lost')
               AND c.uid = ANY(\(reassigned.map(\.message.uid.uuid))::uuid[])
            """
        )
    }

    func touched(_ arrival: Arrival<LeadTouched>) async throws {
        let message = arrival.message
        let need = try message.need.map { try JSONText(wire: $0) }
        let at = arrival.envelope.time
        try await tx.execute(
            """
            INSERT INTO customers (uid, lead_id, channel, need, owner_id, touches, first_seen_at, active_at)
            VALUES (\(message.uid), \(message.leadID), \(message.channel), \(need)::jsonb, \(message.ownerID),
                    \(message.touches), \(at), \(at))
            ON CONFLICT (uid) DO UPDATE
               SET touches = greatest(customers.touches, EXCLUDED.touches),
                   need = coalesce(EXCLUDED.need, customers.need),
                   active_at = greatest(customers.active_at, EXCLUDED.active_at)
            """
        )
    }

    func graded(_ arrival: Arrival<LeadGraded>) async throws {
        let why = try JSONText(wire: arrival.message.why)
        try await tx.execute(
            """
            UPDATE customers SET grade = \(arrival.message.grade), grade_why = \(why)
             WHERE uid = \(arrival.message.uid) AND lead_id = \(arrival.message.leadID)
            """
        )
    }

    func contacted(_ arrival: Arrival<LeadContacted>) async throws {
        try await tx.execute(
            """
            UPDATE customers
               SET stage = CASE WHEN stage = 'enquiry' THEN 'contacted' ELSE stage END, first_response_due_at = NULL,
                   last_contact_at = greatest(last_contact_at, \(arrival.message.contactedAt))
             WHERE uid = \(arrival.message.uid)
            """
        )
    }

    func discarded(_ arrival: Arrival<LeadDiscarded>) async throws {
        try await tx.execute(
            """
            UPDATE customers
               SET stage = CASE WHEN stage IN ('enquiry', 'contacted') THEN 'discarded' ELSE stage END,
                   first_response_due_at = NULL
             WHERE uid = \(arrival.message.uid) AND lead_id = \(arrival.message.leadID)
            """
        )
    }

    func consented(_ arrival: Arrival<ConsentChanged>) async throws {
        let consent = try JSONText(wire: arrival.message.consent)
        let at = arrival.envelope.time
        try await tx.execute(
            """
            INSERT INTO customers (uid, consent, first_seen_at, active_at)
            VALUES (\(arrival.message.uid), \(consent), \(at), \(at))
            ON CONFLICT (uid) DO UPDATE SET consent = EXCLUDED.consent
            """
        )
    }

    func served(_ uid: UID, at time: Date) async throws {
        try await tx.execute(
            """
            INSERT INTO customers (uid, is_with_service, first_seen_at, active_at) VALUES (\(uid), true, \(time), \(time))
            ON CONFLICT (uid) DO UPDATE
               SET is_with_service = true, active_at = greatest(customers.active_at, EXCLUDED.active_at)
            """
        )
    }

    /// The last arrival of each person: one statement cannot write the same row twice.
    private static func last<Message>(
        _ arrivals: [Arrival<Message>],
        by uid: (Arrival<Message>) -> UID
    ) -> [Arrival<Message>] {
        Array(Dictionary(arrivals.map { (uid($0), $0) }) { _, later in later }.values)
    }
}
