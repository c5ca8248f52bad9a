import Contracts
import Foundation
import Messaging
import Postgres

/// The SQL of messages to many.
struct AudienceStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    /// - Returns: false when it is there already.
    func insert(_ audience: Audience) async throws -> Bool {
        try await tx.execute(
            """
            INSERT INTO audiences (id, segment_id, segment, segment_version, tests, template, state, requested_by,
                                   requested_at)
            VALUES (\(audience.id), \(audience.segmentID), \(audience.segment), \(audience.segmentVersion)::bigint,
                    \(try JSONText(wire: audience.tests)), \(audience.template), \(audience.state.rawValue),
                    \(audience.requestedBy), \(audience.requestedAt))
            ON CONFLICT (id) DO NOTHING
            """
        ) == 1
    }

    func save(_ audience: Audience) throws {
        try tx.later(
            """
            UPDATE audiences
               SET state = \(audience.state.rawValue), pieces = \(audience.pieces)::bigint,
                   people = \(audience.people)::bigint, after = \(audience.after), ended_at = \(audience.endedAt)
             WHERE id = \(audience.id)
            """
        )
    }

    func find(_ id: AudienceID) async throws -> Audience? { try await audiences("WHERE id = \(id)").first }

    func locked(_ id: AudienceID) async throws -> Audience? { try await audiences("WHERE id = \(id) FOR UPDATE").first }

    func newest(limit: Int) async throws -> [Audience] {
        try await audiences("ORDER BY requested_at DESC, id LIMIT \(limit)")
    }

    private func audiences(_ rest: SQL) async throws -> [Audience] {
        try await tx.all(
            """
            SELECT id, segment_id, segment, segment_version::bigint AS segment_version, tests, template, state,
                   pieces::bigint AS pieces, people::bigint AS people, after, requested_by, requested_at, ended_at
              FROM audiences \(rest)
            """
        ) { row in
            Audience(
                id: try row["id"],
                segmentID: try row["segment_id"],
                segment: try row["segment"],
                segmentVersion: try row["segment_version"],
                tests: try (row["tests"] as JSONText).decode(),
                template: try row["template"],
                state: Audience.State(rawValue: try row["state"]) ?? .paused,
                pieces: try row["pieces"],
                people: try row["people"],
                after: try row["after"],
                requestedBy: try row["requested_by"],
                requestedAt: try row["requested_at"],
                endedAt: try row["ended_at"]
            )
        }
    }

    /// Who is next: people who were there when it was ordered, belong to it and allow marketing.
    ///
    /// Who has been made one person with another since, whose turn is over, is left out: rather once than twice.
    func next(of audience: Audience, limit: Int) async throws -> [UID] {
        let belongs = SegmentStore.condition(audience.tests, nil, now: audience.requestedAt)
        let further: SQL = audience.after.map { "AND p.uid > \($0)" } ?? ""
        return try await tx.all(
            """
            SELECT p.uid FROM persons p
             WHERE \(belongs) AND \(Consents.allowsMarketing) AND p.created_at <= \(audience.requestedAt) \(further)
               AND NOT EXISTS (SELECT FROM aliases j JOIN merges m ON m.id = j.merge_id
                                WHERE j.survivor = p.uid AND j.uid <= \(audience.after)
                                  AND m.merged_at >= \(audience.requestedAt))
             ORDER BY p.uid LIMIT \(limit)
            """
        ) { try $0["uid"] }
    }

    /// How many of a segment allow marketing, up to ``SegmentStore/countedAtMost`` and one more.
    func reachable(_ tests: [SegmentTest], now: Date) async throws -> Int {
        let belongs = SegmentStore.condition(tests, nil, now: now)
        return try await tx.first(
            """
            SELECT count(*) AS count
              FROM (SELECT FROM persons p WHERE \(belongs) AND \(Consents.allowsMarketing)
                     LIMIT \(SegmentStore.countedAtMost + 1)) AS found
            """
        ) { try $0["count"] } ?? 0
    }
}
