import Contracts
import Foundation
import Messaging
import Postgres

/// The SQL of whose tags are: for whoever has the turn, but for ``due(_:)``.
struct TagSideStore: Sendable {
    private static let reckoned = TagKey.allCases.filter(\.isReckoned).map(\.rawValue)

    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    /// Notes people whose tags are to be put in order: waits for nobody.
    func due(_ uids: [UID]) throws {
        try tx.later("INSERT INTO tags_due (uid) SELECT uid FROM unnest(\(uids.map(\.uuid))::uuid[]) AS t (uid)")
    }

    /// Takes the notes of these people, oldest first; what somebody else is just taking is left out.
    func takeDue(atMost limit: Int, now: Date) async throws -> [UID] {
        try await tx.all(
            """
            DELETE FROM tags_due WHERE id = ANY(ARRAY(
                SELECT id FROM tags_due WHERE retry_at IS NULL OR retry_at <= \(now)
                 ORDER BY id LIMIT \(limit) FOR UPDATE SKIP LOCKED))
            RETURNING uid
            """
        ) { try $0["uid"] }
    }

    /// Puts off the oldest note, which could not be taken.
    func putOffOldest(until: Date, now: Date) async throws {
        try await tx.execute(
            """
            UPDATE tags_due SET attempts = attempts + 1, retry_at = \(until)
             WHERE id = (SELECT min(id) FROM tags_due WHERE retry_at IS NULL OR retry_at <= \(now))
            """
        )
    }

    /// Gives every tag that was told of these members to the person who they are now.
    ///
    /// What is reckoned of a person does not go along: it is reckoned anew.
    func gather(_ persons: [UID: UID]) throws {
        try tx.later(
            """
            UPDATE tags t SET uid = n.person
              FROM unnest(\(persons.map(\.key.uuid))::uuid[], \(persons.map(\.value.uuid))::uuid[]) AS n (member, person)
             WHERE t.told_of = n.member AND t.uid <> n.person
            """
        )
        let merged = persons.filter { $0.key != $0.value }
        guard !merged.isEmpty else { return }
        try tx.later(
            """
            DELETE FROM tags
             WHERE uid = ANY(\(merged.map(\.key.uuid))::uuid[]) AND key = ANY(\(Self.reckoned)::text[]) AND source = 'events'
            """
        )
        try tx.later(
            """
            UPDATE tags t SET uid = n.person, told_of = n.member
              FROM unnest(\(merged.map(\.key.uuid))::uuid[], \(merged.map(\.value.uuid))::uuid[]) AS n (member, person)
             WHERE t.uid = n.member AND t.told_of IS NULL
            """
        )
    }

    /// Those of these persons who have not been forgotten.
    func present(among persons: Set<UID>) async throws -> Set<UID> {
        let uids = persons.map(\.uuid)
        let present: [UID] = try await tx.all(
            "SELECT uid FROM persons WHERE uid = ANY(\(uids)::uuid[]) AND erased_at IS NULL"
        ) { try $0["uid"] }
        return Set(present)
    }

    /// How often each person has come to see us, and when last, by the contacts that tell of it.
    func visits(of persons: [UID: UID]) async throws -> [UID: (times: Int, last: Date, contact: String)] {
        let rows = try await tx.all(
            """
            SELECT now.person, count(*) AS times, max(m.happened_at) AS last,
                   (array_agg(m.ref ORDER BY m.happened_at DESC, m.ref))[1] AS contact
              FROM unnest(\(persons.map(\.key.uuid))::uuid[], \(persons.map(\.value.uuid))::uuid[]) AS now (member, person)
              JOIN life_marks m ON m.origin = now.member
             WHERE m.kind = 'visit' GROUP BY now.person
            """
        ) { row in
            (try row["person"] as UID, (try row["times"] as Int, try row["last"] as Date, try row["contact"] as String))
        }
        return Dictionary(rows) { first, _ in first }
    }

    /// Takes away what was counted before: what these people have of the key from events but one value, or any.
    func replace(_ key: TagKey, by values: [UID: String], of persons: Set<UID>) throws {
        let persons = persons.sorted()
        try tx.later(
            """
            DELETE FROM tags t
             USING unnest(\(persons.map(\.uuid))::uuid[], \(persons.map { values[$0] })::text[]) AS n (uid, value)
             WHERE t.uid = n.uid AND t.key = \(key.rawValue) AND t.source = 'events' AND t.value IS DISTINCT FROM n.value
            """
        )
    }
}
