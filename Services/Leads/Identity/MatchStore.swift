import Contracts
import Foundation
import Messaging
import Postgres

/// The SQL of finding persons who may be one.
struct MatchStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    /// Waits until nobody else is looking, and keeps the others waiting until the transaction ends.
    func takeTurn() async throws {
        try await tx.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(current_schema() || ' ' || \(MatchQuestion.timerKind), 0))"
        )
    }

    /// What is looked at of these persons.
    func subjects(_ uids: some Collection<UID>) async throws -> [UID: MatchSubject] {
        let persons = try await PersonStore(tx).all(uids)
        guard !persons.isEmpty else { return [:] }
        let projects = try await tx.all(
            """
            SELECT DISTINCT uid, project FROM leads
             WHERE uid = ANY(\(uids.map(\.uuid))::uuid[]) AND project IS NOT NULL
            """
        ) { (uid: try $0["uid"] as UID, project: try $0["project"] as String) }
        let asked = Dictionary(grouping: projects, by: \.uid)
        return persons.mapValues { person in
            MatchSubject(
                uid: person.uid,
                name: person.name,
                phones: person.card.phones,
                emails: person.card.emails,
                projects: asked[person.uid, default: []].map(\.project).sorted()
            )
        }
    }

    /// Puts the keys in the place of those that these persons had.
    func replace(_ keys: [UID: Set<Int64>], of uids: [UID]) async throws {
        try tx.later("DELETE FROM match_keys WHERE uid = ANY(\(uids.map(\.uuid))::uuid[])")
        try await add(keys)
    }

    func add(_ keys: [UID: Set<Int64>]) async throws {
        let rows = MatchStore.rows(keys)
        guard !rows.isEmpty else { return }
        try tx.later(
            """
            INSERT INTO match_keys (key, uid)
            SELECT key, uid FROM unnest(\(rows.map(\.key))::bigint[], \(rows.map(\.uid.uuid))::uuid[]) AS t (key, uid)
            ON CONFLICT DO NOTHING
            """
        )
    }

    /// Who shares a key with whom; a key that more than `limit` others share tells nothing.
    func sharing(_ keys: [UID: Set<Int64>], atMost limit: Int) async throws -> Set<UIDPair> {
        let rows = MatchStore.rows(keys)
        guard !rows.isEmpty else { return [] }
        let pairs = try await tx.all(
            """
            SELECT t.uid, o.uid AS other
              FROM unnest(\(rows.map(\.key))::bigint[], \(rows.map(\.uid.uuid))::uuid[]) AS t (key, uid)
             CROSS JOIN LATERAL (
                    SELECT m.uid, count(*) OVER () AS holders
                      FROM (SELECT uid FROM match_keys WHERE key = t.key LIMIT \(limit + 2)) AS m
                   ) AS o
             WHERE o.uid <> t.uid AND o.holders <= \(limit + 1)
            """
        ) { UIDPair(try $0["uid"], try $0["other"]) }
        return Set(pairs)
    }

    private static func rows(_ keys: [UID: Set<Int64>]) -> [(key: Int64, uid: UID)] {
        keys.flatMap { uid, keys in keys.map { (key: $0, uid: uid) } }.sorted { ($0.key, $0.uid) < ($1.key, $1.uid) }
    }
}
