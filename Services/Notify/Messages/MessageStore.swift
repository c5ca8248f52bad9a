import Contracts
import Foundation
import Messaging
import Postgres
import Web

/// The messages and what was tried for each.
struct MessageStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    /// Keeps new messages and returns the ids of those that their causes had not written already.
    ///
    /// Where an attempt has begun, its process counts as lost `lease` seconds later.
    func insert(_ messages: [NewMessage], lease: Int, at now: Date) async throws -> Set<MessageID> {
        guard !messages.isEmpty else { return [] }
        let all = messages.map(\.message)
        let inserted: [MessageID] = try await tx.all(
            """
            INSERT INTO messages (id, cause_id, cause_name, correlation_id, traceparent, template, audience_id, channel, purpose, topic, uid,
                                  staff_id, language, subject, body, link, state, reason, detail, decision, why, next_at,
                                  about, concerns, address, attempt, lease_until, sent_at, created_at, changed_at)
            SELECT t.*, (t.address IS NOT NULL)::integer,
                   CASE WHEN t.address IS NOT NULL THEN clock_timestamp() + make_interval(secs => \(Double(lease))) END,
                   CASE WHEN t.address IS NOT NULL THEN \(now)::timestamptz END, \(now), \(now)
              FROM unnest(\(all.map(\.id.uuid))::uuid[], \(all.map(\.causeID))::text[], \(all.map(\.causeName))::text[],
                          \(all.map(\.correlationID))::text[], \(all.map(\.traceparent))::text[],
                          \(all.map(\.template))::text[], \(all.map(\.audienceID))::uuid[],
                          \(all.map(\.channel.rawValue))::text[],
                          \(all.map(\.purpose.rawValue))::text[],
                          \(all.map { $0.uid == nil ? nil : $0.topic.rawValue })::text[], \(all.map { $0.uid?.uuid })::uuid[],
                          \(all.map { $0.staffID?.uuid })::uuid[], \(all.map(\.language.rawValue))::text[],
                          \(all.map(\.text.subject))::text[], \(all.map(\.text.body))::text[],
                          \(all.map(\.link))::text[], \(messages.map(\.state.rawValue))::text[],
                          \(all.map(\.reason))::text[], \(all.map(\.detail))::text[],
                          \(try all.map { try $0.storedDecision })::jsonb[], \(messages.map(\.draft.why))::jsonb[],
                          \(messages.map(\.nextAt))::timestamptz[], \(messages.map(\.draft.about))::text[],
                          \(messages.map { $0.draft.concerns?.uuid })::uuid[], \(messages.map(\.address))::text[])
                AS t (id, cause_id, cause_name, correlation_id, traceparent, template, audience_id, channel, purpose, topic,
                      uid, staff_id, language, subject, body, link, state, reason, detail, decision, why, next_at, about,
                      concerns, address)
            ON CONFLICT DO NOTHING
            RETURNING id
            """
        ) { try $0["id"] }
        return Set(inserted)
    }

    /// Locks messages that are due, those first that have waited longest; what others have locked is theirs.
    func lockDue(_ lane: Sending.Lane.Name, at now: Date, limit: Int) async throws -> [Message] {
        try await tx.all(
            """
            SELECT \(Message.columns)
              FROM messages m
             WHERE m.state = 'queued' AND m.channel = \(lane.channel.rawValue)
               AND \(Self.rank) = \(lane.rank.rawValue)::integer AND m.next_at <= \(now)
             ORDER BY m.next_at, m.id
             LIMIT \(limit)
               FOR UPDATE SKIP LOCKED
            """
        ) { try Message(row: $0) }
    }

    /// The rank of a message, as the index `messages_due` has it.
    private static let rank: SQL = """
        (CASE WHEN m.purpose = 'work' THEN 0
              WHEN m.cause_name IN ('leads.nurture.due.v1', 'leads.audience.ready.v1') THEN 2
              ELSE 1 END)
        """

    /// What waits for the end of the quiet hours is judged anew.
    func reconsiderHeld(at now: Date) throws {
        try tx.later(
            "UPDATE messages SET next_at = \(now) WHERE state = 'queued' AND reason = 'quiet-hours' AND next_at > \(now)"
        )
    }

    /// Those of these messages whose person has, or will have, the same of the same audience under another UID.
    func repeated(among messages: [Message]) async throws -> Set<MessageID> {
        let ids = messages.filter { $0.audienceID != nil }.map(\.id.uuid)
        guard !ids.isEmpty else { return [] }
        let found: [MessageID] = try await tx.all(
            """
            SELECT m.id FROM messages m LEFT JOIN aliases a ON a.uid = m.uid
             WHERE m.id = ANY(\(ids)::uuid[])
               AND EXISTS (SELECT FROM messages o
                            WHERE o.audience_id = m.audience_id AND o.channel = m.channel AND o.id <> m.id
                              AND o.uid = ANY(ARRAY(SELECT coalesce(a.survivor, m.uid)
                                                    UNION ALL
                                                    SELECT uid FROM aliases
                                                     WHERE survivor = coalesce(a.survivor, m.uid)))
                              AND (o.state IN ('sending', 'accepted', 'delivered', 'unknown')
                                   OR o.state = 'queued' AND o.id < m.id))
            """
        ) { try $0["id"] }
        return Set(found)
    }

    /// When the next message of a lane is due; nil when none waits.
    func nextDue(_ lane: Sending.Lane.Name) async throws -> Date? {
        try await tx.first(
            """
            SELECT m.next_at FROM messages m
             WHERE m.state = 'queued' AND m.channel = \(lane.channel.rawValue)
               AND \(Self.rank) = \(lane.rank.rawValue)::integer
             ORDER BY m.next_at
             LIMIT 1
            """
        ) { try $0["next_at"] }
    }

    /// Begins an attempt of each; `lease` seconds later its process counts as lost.
    func begin(_ messages: [(message: Message, address: String)], lease: Int, at now: Date) async throws {
        guard !messages.isEmpty else { return }
        try tx.later(
            """
            UPDATE messages m
               SET state = 'sending', attempt = m.attempt + 1, address = t.address, reason = NULL, detail = NULL, decision = NULL,
                   consent = t.consent, lease_until = clock_timestamp() + make_interval(secs => \(Double(lease))), sent_at = \(now),
                   changed_at = \(now)
              FROM unnest(\(messages.map(\.message.id.uuid))::uuid[], \(messages.map(\.address))::text[],
                          \(try messages.map { try $0.message.storedConsent })::jsonb[]) AS t (id, address, consent)
             WHERE m.id = t.id
            """
        )
    }

    /// Locks messages whose process was lost while an attempt was under way.
    func lockLost(limit: Int) async throws -> [Message] {
        try await tx.all(
            """
            SELECT \(Message.columns)
              FROM messages m
             WHERE m.state = 'sending' AND m.lease_until < clock_timestamp()
             ORDER BY m.lease_until
             LIMIT \(limit)
               FOR UPDATE SKIP LOCKED
            """
        ) { try Message(row: $0) }
    }

    func locked(_ ids: [MessageID]) async throws -> [Message] {
        try await tx.all(
            """
            SELECT \(Message.columns) FROM messages m WHERE m.id = ANY(\(ids.map(\.uuid))::uuid[]) ORDER BY m.id FOR UPDATE
            """
        ) { try Message(row: $0) }
    }

    /// Stores the states that messages have come to.
    func save(_ messages: [Message], nextAt: [Date], at now: Date) async throws {
        guard !messages.isEmpty else { return }
        try tx.later(
            """
            UPDATE messages m
               SET state = t.state, reason = t.reason, detail = t.detail, decision = t.decision, consent = t.consent,
                   next_at = t.next_at, lease_until = NULL, changed_at = \(now)
              FROM unnest(\(messages.map(\.id.uuid))::uuid[], \(messages.map(\.state.rawValue))::text[],
                          \(messages.map(\.reason))::text[], \(messages.map(\.detail))::text[],
                          \(try messages.map { try $0.storedDecision })::jsonb[],
                          \(try messages.map { try $0.storedConsent })::jsonb[],
                          \(nextAt)::timestamptz[]) AS t (id, state, reason, detail, decision, consent, next_at)
             WHERE m.id = t.id
            """
        )
    }

    /// Notes what was tried or reported.
    func note(_ lines: [AttemptLine], at now: Date) async throws {
        guard !lines.isEmpty else { return }
        try tx.later(
            """
            INSERT INTO attempts (message_id, attempt, kind, at, outcome, code, detail)
            SELECT t.message_id, t.attempt, t.kind, \(now), t.outcome, t.code, t.detail
              FROM unnest(\(lines.map(\.messageID.uuid))::uuid[], \(lines.map(\.attempt))::bigint[],
                          \(lines.map(\.kind.rawValue))::text[], \(lines.map(\.outcome))::text[],
                          \(lines.map(\.code))::bigint[], \(lines.map(\.detail))::text[])
                AS t (message_id, attempt, kind, outcome, code, detail)
            """
        )
    }
}

extension Message {
    fileprivate var storedDecision: JSONText? {
        get throws { try decision.map { try JSONText(wire: $0) } }
    }

    fileprivate var storedConsent: JSONText? {
        get throws { try consent.map { try JSONText(wire: $0) } }
    }
}
