import Contracts
import Foundation
import Messaging
import Postgres

/// The SQL of leads that changes them; what pages read is in ``LeadQueryStore``.
struct LeadStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    /// Locks leads, in the order of their ids.
    func locked(_ ids: [LeadID]) async throws -> [Lead] {
        try await leads("WHERE id = ANY(\(ids.map(\.uuid))::uuid[]) ORDER BY id FOR UPDATE")
    }

    /// Reads leads without locking them.
    func all(_ ids: [LeadID]) async throws -> [Lead] {
        try await leads("WHERE id = ANY(\(ids.map(\.uuid))::uuid[]) ORDER BY id")
    }

    func locked(_ id: LeadID) async throws -> Lead? { try await locked([id]).first }

    /// Each person's newest lead, those that wait behind another left out; the open ones are locked by the lock on their person.
    func newest(of uids: some Collection<UID>) async throws -> [UID: Lead] {
        guard !uids.isEmpty else { return [:] }
        // Person by person, by an aggregate: asked for in the order of an index, young statistics had all of it read.
        let found = try await leads(
            """
            WHERE id = ANY(ARRAY(
                SELECT (SELECT (array_agg(l.id ORDER BY l.id DESC))[1] FROM leads l
                         WHERE l.uid = t.uid AND l.status <> 'merged')
                  FROM unnest(\(uids.map(\.uuid))::uuid[]) AS t (uid)))
            ORDER BY id FOR UPDATE
            """
        )
        return Dictionary(found.map { ($0.uid, $0) }) { first, _ in first }
    }

    /// The open lead of a person, locked.
    func open(of uid: UID) async throws -> Lead? {
        try await leads("WHERE uid = \(uid) AND status IN ('open', 'contacted') FOR UPDATE").first
    }

    /// The leads that have waited longest in the pools that give them out, locked; those that somebody else is just
    /// dealing with are left out.
    func waiting(after place: PlaceLeads.Place? = nil, atMost limit: Int) async throws -> [Lead] {
        let behind: SQL = place.map { "AND (l.received_at, l.id) > (\($0.receivedAt), \($0.id))" } ?? ""
        return try await leads(
            """
            WHERE id = ANY(ARRAY(
                SELECT w.id FROM pools p
                 CROSS JOIN LATERAL (
                    SELECT l.id, l.received_at FROM leads l
                     WHERE l.pool = p.name AND l.status IN ('open', 'contacted')
                       AND l.frozen_at IS NULL AND l.offered_until IS NULL
                       \(behind)
                     ORDER BY l.received_at, l.id LIMIT \(limit)) AS w
                 WHERE p.gives_out ORDER BY w.received_at, w.id LIMIT \(limit)))
              AND pool IS NOT NULL AND status IN ('open', 'contacted') AND frozen_at IS NULL AND offered_until IS NULL
            ORDER BY received_at, id FOR UPDATE SKIP LOCKED
            """
        )
    }

    /// Those of an agent's leads that nobody has answered yet, or all that are open, locked.
    func held(by owner: StaffID, _ statuses: [Lead.Status], atMost limit: Int) async throws -> [Lead] {
        try await leads(
            """
            WHERE owner_id = \(owner) AND status IN ('open', 'contacted')
              AND status = ANY(\(statuses.map(\.rawValue))::text[])
            ORDER BY received_at, id LIMIT \(limit) FOR UPDATE
            """
        )
    }

    private func leads(_ rest: SQL) async throws -> [Lead] {
        try await tx.all(
            """
            SELECT id, uid, status, grade, channel, project, district, owner_id, team_id, pool, owners,
                   touches::bigint AS touches, attempts::bigint AS attempts, response_step, response_due_at,
                   contacted_at, received_at
              FROM leads \(rest)
            """,
            as: Lead.init(row:)
        )
    }

    /// Writes back what of leads may change; each lead may be among them once.
    func save(_ leads: [Lead]) async throws {
        guard !leads.isEmpty else { return }
        try tx.later(
            """
            UPDATE leads l
               SET status = n.status, owner_id = n.owner_id, team_id = n.team_id, pool = n.pool,
                   owners = n.owners::uuid[], attempts = n.attempts, response_step = n.step,
                   response_due_at = n.due_at, contacted_at = n.contacted_at,
                   offered_until = CASE WHEN n.owner_id IS NULL THEN l.offered_until END,
                   offered_rule = CASE WHEN n.owner_id IS NULL THEN l.offered_rule END,
                   frozen_at = CASE WHEN n.owner_id IS NULL THEN l.frozen_at END,
                   frozen_by = CASE WHEN n.owner_id IS NULL THEN l.frozen_by END
              FROM unnest(\(leads.map(\.id.uuid))::uuid[], \(leads.map(\.status.rawValue))::text[],
                          \(leads.map(\.ownerID?.uuid))::uuid[], \(leads.map(\.teamID?.uuid))::uuid[],
                          \(leads.map(\.pool))::text[], \(leads.map { $0.owners.map(\.uuid).arrayText })::text[],
                          \(leads.map(\.attempts))::bigint[], \(leads.map(\.step.rawValue))::text[],
                          \(leads.map(\.responseDueAt))::timestamptz[], \(leads.map(\.contactedAt))::timestamptz[])
                AS n (id, status, owner_id, team_id, pool, owners, attempts, step, due_at, contacted_at)
             WHERE l.id = n.id
            """
        )
    }

    /// Notes why leads are where they are.
    func note(_ assignments: [(id: LeadID, why: Why)], at now: Date) async throws {
        try tx.later(
            """
            UPDATE leads l
               SET owner_why = n.why, assigned_at = \(now), pooled_at = CASE WHEN l.pool IS NOT NULL THEN \(now) END
              FROM unnest(\(assignments.map(\.id.uuid))::uuid[],
                          \(try assignments.map { try JSONText(wire: $0.why) })::jsonb[]) AS n (id, why)
             WHERE l.id = n.id
            """
        )
    }

    /// Counts further enquiries, and takes over what they say of the need; the first project and district stay.
    func touch(_ touches: [LeadID: Touch], now: Date) async throws {
        guard !touches.isEmpty else { return }
        let sorted = touches.sorted { $0.key < $1.key }
        try tx.later(
            """
            UPDATE leads l
               SET touches = l.touches + t.more, last_touch_at = \(now),
                   need = CASE WHEN t.need IS NULL THEN l.need ELSE coalesce(l.need, '{}') || t.need END,
                   need_set_by = CASE WHEN t.need IS NULL THEN l.need_set_by END,
                   need_set_at = CASE WHEN t.need IS NULL THEN l.need_set_at END,
                   project = coalesce(l.project, t.need -> 'projects' ->> 0),
                   district = coalesce(l.district, t.need -> 'districts' ->> 0)
              FROM unnest(\(sorted.map(\.key.uuid))::uuid[], \(sorted.map(\.value.count))::bigint[],
                          \(try sorted.map { try $0.value.need.map { try JSONText(wire: $0) } })::jsonb[])
                   AS t (id, more, need)
             WHERE l.id = t.id
            """
        )
    }

    func noteContact(_ id: LeadID, by staff: StaffID) async throws {
        try tx.later("UPDATE leads SET contacted_by = \(staff) WHERE id = \(id)")
    }

    func noteDeal(_ id: LeadID, _ deal: DealID, outcome: String? = nil) async throws {
        try tx.later("UPDATE leads SET deal_id = \(deal), deal_outcome = \(outcome) WHERE id = \(id)")
    }

    /// Of a deal that is no lead's nothing is kept; one that goes on has come to no end, whatever was said before.
    func noteStage(of deal: DealID, _ stage: String) async throws {
        try tx.later(
            """
            UPDATE leads
               SET deal_stage = \(stage),
                   deal_outcome = CASE WHEN \(stage) IN ('won', 'lost') THEN deal_outcome END
             WHERE deal_id = \(deal)
            """
        )
    }

    /// Finds the lead of a deal: by its own id where the deal names it, else by what was noted when it was opened.
    func ofDeal(_ deal: DealID) async throws -> LeadID? {
        try await tx.first("SELECT id FROM leads WHERE deal_id = \(deal)") { try $0["id"] }
    }

    func discard(_ ids: [LeadID], _ reason: DiscardReason, note: String?) async throws {
        try tx.later(
            """
            UPDATE leads
               SET status = 'discarded', response_step = 'stopped', discard_reason = \(reason.rawValue),
                   discard_note = \(note)
             WHERE id = ANY(\(ids.map(\.uuid))::uuid[])
            """
        )
    }
}

extension Lead {
    init(row: Row) throws {
        self.init(
            id: try row["id"],
            uid: try row["uid"],
            status: Status(rawValue: try row["status"]) ?? .open,
            grade: Grade(rawValue: try row["grade"]) ?? .c,
            channel: try row["channel"],
            project: try row["project"],
            district: try row["district"],
            ownerID: try row["owner_id"],
            teamID: try row["team_id"],
            pool: try row["pool"],
            owners: (try row["owners"] as [UUID]).map { StaffID($0) },
            touches: try row["touches"],
            attempts: try row["attempts"],
            step: ResponseStep(rawValue: try row["response_step"]) ?? .stopped,
            responseDueAt: try row["response_due_at"],
            contactedAt: try row["contacted_at"],
            receivedAt: try row["received_at"]
        )
    }
}
