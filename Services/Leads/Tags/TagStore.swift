import Contracts
import Foundation
import Messaging
import Postgres

/// The SQL of tags.
struct TagStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    /// Adds what enquiries said, to be taken in soon.
    func say(_ said: [(uid: UID, lead: LeadID, tags: [SaidTag])], at now: Date) throws {
        guard !said.isEmpty else { return }
        try tx.later(
            """
            INSERT INTO tags_said (uid, lead_id, tags, said_at)
            SELECT uid, lead_id, tags, \(now)
              FROM unnest(\(said.map(\.uid.uuid))::uuid[], \(said.map(\.lead.uuid))::uuid[],
                          \(try said.map { try JSONText(wire: $0.tags) })::jsonb[]) AS t (uid, lead_id, tags)
            """
        )
    }

    /// What was said and not taken in yet, oldest first; what somebody else is just taking in is left out.
    func said(atMost limit: Int, now: Date) async throws -> [Said] {
        try await tx.all(
            """
            SELECT id, uid, lead_id, tags, said_at FROM tags_said
             WHERE retry_at IS NULL OR retry_at <= \(now)
             ORDER BY id LIMIT \(limit) FOR UPDATE SKIP LOCKED
            """
        ) { row in
            Said(
                id: try row["id"],
                uid: try row["uid"],
                leadID: try row["lead_id"],
                tags: try (row["tags"] as JSONText).decode(),
                at: try row["said_at"]
            )
        }
    }

    /// What one enquiry said.
    struct Said: Sendable {
        let id: Int
        let uid: UID
        let leadID: LeadID
        let tags: [SaidTag]
        let at: Date
    }

    func done(_ ids: [Int]) throws { try tx.later("DELETE FROM tags_said WHERE id = ANY(\(ids)::bigint[])") }

    /// Puts off what could not be taken in.
    func putOff(_ id: Int, until: Date) async throws {
        try await tx.execute(
            "UPDATE tags_said SET attempts = attempts + 1, retry_at = \(until) WHERE id = \(id)"
        )
    }

    /// All tags of people, whether they hold or not.
    func of(_ uids: some Collection<UID>) async throws -> [UID: [Tag]] {
        guard !uids.isEmpty else { return [:] }
        let found = try await tx.all(
            """
            SELECT uid, key, value, source, confidence::bigint AS confidence, origin, noted_at, valid_until,
                   nullif(told_of, uid) AS told_of, standing, judged_at, is_winner
              FROM tags WHERE uid = ANY(\(uids.map(\.uuid))::uuid[])
             ORDER BY uid, key, value, source, coalesce(told_of, uid)
            """
        ) { row in (uid: try row["uid"] as UID, tag: try Tag(row: row)) }
        return Dictionary(grouping: found) { $0.uid }.mapValues { $0.map(\.tag) }
    }

    /// Waits until nobody else is changing tags, and keeps the others waiting until the transaction ends.
    ///
    /// A turn of its own and no lock on the persons, which the intake of their next enquiry would have to wait for.
    func takeTurn() async throws {
        try await tx.execute("SELECT pg_advisory_xact_lock(hashtextextended(current_schema() || ' tags', 0))")
    }

    /// Adds tags that nobody has yet: for whoever has the turn.
    func insert(_ tags: [(uid: UID, tag: Tag)]) throws {
        guard !tags.isEmpty else { return }
        try tx.later(
            """
            INSERT INTO tags (uid, key, value, source, confidence, origin, noted_at, valid_until, standing, is_winner,
                              told_of)
            SELECT * FROM \(TagStore.rows(tags))
            """
        )
    }

    /// Writes tags as they are now; for whoever has the turn.
    func update(_ tags: [(uid: UID, tag: Tag)]) throws {
        guard !tags.isEmpty else { return }
        try tx.later(
            """
            UPDATE tags t
               SET confidence = n.confidence, origin = n.origin, noted_at = n.noted_at, valid_until = n.valid_until,
                   standing = n.standing, is_winner = n.is_winner
              FROM \(TagStore.rows(tags))
             WHERE t.uid = n.uid AND t.key = n.key AND t.value = n.value AND t.source = n.source
               AND coalesce(t.told_of, t.uid) = coalesce(n.told_of, n.uid)
            """
        )
    }

    private static func rows(_ tags: [(uid: UID, tag: Tag)]) -> SQL {
        """
        unnest(\(tags.map(\.uid.uuid))::uuid[], \(tags.map(\.tag.key))::text[], \(tags.map(\.tag.value))::text[],
               \(tags.map(\.tag.source.rawValue))::text[], \(tags.map(\.tag.confidence))::bigint[],
               \(tags.map(\.tag.origin))::text[], \(tags.map(\.tag.notedAt))::timestamptz[],
               \(tags.map(\.tag.validUntil))::timestamptz[], \(tags.map(\.tag.standing.rawValue))::text[],
               \(tags.map(\.tag.isWinner))::boolean[], \(tags.map(\.tag.toldOf?.uuid))::uuid[])
            AS n (uid, key, value, source, confidence, origin, noted_at, valid_until, standing, is_winner, told_of)
        """
    }

    /// Takes tags away; for whoever has the turn.
    func remove(_ tags: [(uid: UID, tag: Tag)]) throws {
        guard !tags.isEmpty else { return }
        try tx.later(
            """
            DELETE FROM tags t
             USING \(TagStore.rows(tags))
             WHERE t.uid = n.uid AND t.key = n.key AND t.value = n.value AND t.source = n.source
               AND coalesce(t.told_of, t.uid) = coalesce(n.told_of, n.uid)
            """
        )
    }

    /// Notes who said of a tag what they said.
    func note(_ tag: Tag, of uid: UID, judgedBy staff: StaffID?, at now: Date) throws {
        try tx.later(
            """
            UPDATE tags SET judged_by = \(staff), judged_at = \(now)
             WHERE uid = \(uid) AND key = \(tag.key) AND value = \(tag.value) AND source = \(tag.source.rawValue)
               AND coalesce(told_of, uid) = \(tag.toldOf ?? uid)
            """
        )
    }

    /// Takes over all tags there are, without what was said of which hold.
    func copy(from originals: OriginalTables) async throws {
        try await tx.execute("INSERT INTO tags SELECT * FROM \(originals["tags"])")
        try await tx.execute("UPDATE tags SET is_winner = false WHERE is_winner")
    }

    /// The next people who have tags, by their ids.
    func persons(after place: UID?, atMost limit: Int) async throws -> [UID] {
        try await tx.all(
            """
            SELECT DISTINCT uid FROM tags WHERE \(place)::uuid IS NULL OR uid > \(place) ORDER BY uid LIMIT \(limit)
            """
        ) { try $0["uid"] }
    }

    /// People of whom a tag that holds has expired.
    func expired(at now: Date, atMost limit: Int) async throws -> [UID] {
        try await tx.all(
            """
            SELECT DISTINCT uid FROM (
                SELECT uid FROM tags WHERE is_winner AND valid_until <= \(now) ORDER BY valid_until LIMIT \(limit)
            ) AS old
            """
        ) { try $0["uid"] }
    }
}

extension Tag {
    fileprivate init(row: Row) throws {
        self.init(
            key: try row["key"],
            value: try row["value"],
            source: Source(rawValue: try row["source"]) ?? .enquiry,
            confidence: try row["confidence"],
            origin: try row["origin"],
            notedAt: try row["noted_at"],
            validUntil: try row["valid_until"],
            toldOf: try row["told_of"],
            standing: Standing(rawValue: try row["standing"]) ?? .open,
            judgedAt: try row["judged_at"],
            isWinner: try row["is_winner"]
        )
    }
}
