import Contracts
import Foundation
import Messaging
import Postgres

/// The table `timeline`.
struct TimelineStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    /// Adds events, each once, whatever their order.
    func add(_ entries: [NewTimelineEntry]) async throws {
        guard !entries.isEmpty else { return }
        let envelopes = entries.map(\.envelope)
        try tx.later(
            """
            INSERT INTO timeline (event_id, uid, occurred_at, name, subject, actor, inputs, why)
            SELECT id, uid, at, name, subject, actor, inputs, why
              FROM unnest(\(envelopes.map(\.id))::text[], \(entries.map(\.uid.uuid))::uuid[],
                          \(envelopes.map(\.time))::timestamptz[], \(envelopes.map(\.type.text))::text[],
                          \(envelopes.map(\.subject))::text[], \(envelopes.map(\.actor))::text[],
                          \(entries.map { JSONText($0.inputs) })::jsonb[],
                          \(entries.map { $0.why.map { JSONText($0) } })::jsonb[])
                WITH ORDINALITY AS t (id, uid, at, name, subject, actor, inputs, why, place)
             ORDER BY place
            ON CONFLICT (event_id) DO NOTHING
            """
        )
    }

    /// A person's timeline in the order in which things happened, with that of whoever was merged into them.
    ///
    /// The latest `limit` entries that happened before `before`, the oldest of them first.
    func events(of uid: UID, before: (at: Date, position: Int64)? = nil, limit: Int) async throws -> [Placed] {
        var condition: SQL = "uid IN (SELECT \(uid) UNION ALL SELECT a.uid FROM aliases a WHERE a.survivor = \(uid))"
        if let before { condition = condition + " AND (occurred_at, position) < (\(before.at), \(before.position))" }
        let latest = try await tx.all(
            """
            SELECT event_id, position, occurred_at, name, subject, actor, inputs, why
              FROM timeline WHERE \(condition) ORDER BY occurred_at DESC, position DESC LIMIT \(limit)
            """,
            as: Self.placed
        )
        return latest.reversed()
    }

    /// Who had a person's numbers shown, the latest first.
    func unmaskings(of uid: UID, after: (time: Date, id: UUID)?, limit: Int) async throws -> [Unmasking] {
        let place: SQL = after.map { "(occurred_at, event_id) < (\($0.time), \($0.id.wire))" } ?? "true"
        return try await tx.all(
            """
            SELECT event_id::uuid AS event_id, occurred_at, (inputs ->> 'staffID')::uuid AS staff_id,
                   inputs ->> 'reason' AS reason
              FROM timeline WHERE uid = \(uid) AND name = \(CustomerUnmasked.name.text) AND \(place)
             ORDER BY occurred_at DESC, event_id DESC LIMIT \(limit)
            """
        ) { row in
            Unmasking(
                eventID: try row["event_id"],
                at: try row["occurred_at"],
                staffID: try row["staff_id"],
                reason: try row["reason"]
            )
        }
    }

    /// One time that somebody who is not responsible had a person's numbers shown.
    struct Unmasking: Sendable {
        let eventID: UUID
        let at: Date
        let staffID: StaffID
        let reason: String
    }

    /// An entry with its place in the table.
    struct Placed: Sendable {
        let event: TimelineEvent
        let position: Int64
    }

    private static func placed(_ row: Row) throws -> Placed {
        let inputs: JSONText = try row["inputs"]
        let name: String = try row["name"]
        let event = TimelineEvent(
            eventID: try row["event_id"],
            name: MessageName(name),
            subject: try row["subject"],
            occurredAt: try row["occurred_at"],
            actor: try row["actor"],
            inputs: try inputs.decode(),
            why: try (row["why"] as JSONText?)?.decode()
        )
        return Placed(event: event, position: try row["position"])
    }
}
