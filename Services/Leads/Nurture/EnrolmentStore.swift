import Contracts
import Foundation
import Messaging
import Postgres

/// The SQL of people on their way through sequences.
struct EnrolmentStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    /// Locks them in the order of their ids.
    func locked(_ ids: [EnrolmentID]) async throws -> [Enrolment] {
        try await enrolments("WHERE id = ANY(\(ids.map(\.uuid))::uuid[]) ORDER BY id FOR UPDATE")
    }

    /// Locks all of these people.
    func locked(of uids: [UID]) async throws -> [Enrolment] {
        try await enrolments("WHERE uid = ANY(\(uids.map(\.uuid))::uuid[]) ORDER BY id FOR UPDATE")
    }

    func of(_ uid: UID) async throws -> [Enrolment] {
        try await enrolments("WHERE uid = \(uid) ORDER BY started_at DESC, id LIMIT 20")
    }

    /// Some people of a sequence, in the order of their ids.
    func people(of sequence: SequenceID, _ filter: EnrolmentFilter, limit: Int) async throws -> [Enrolment] {
        let state: SQL = filter.state.map { "AND state = \($0.rawValue)" } ?? ""
        let reason: SQL = filter.reason.map { "AND reason = \($0)" } ?? ""
        let step: SQL =
            filter.step.map { "AND steps_done = \($0)::bigint AND state IN ('active', 'paused')" } ?? ""
        let version: SQL =
            switch filter.versions {
            case .all: ""
            case .only(let version): "AND version = \(version)::bigint"
            case .before(let version): "AND version < \(version)::bigint AND state IN ('active', 'paused')"
            }
        let after: SQL = filter.after.map { "AND id > \($0)" } ?? ""
        return try await enrolments(
            "WHERE sequence_id = \(sequence) \(state) \(reason) \(step) \(version) \(after) ORDER BY id LIMIT \(limit)"
        )
    }

    private func enrolments(_ rest: SQL) async throws -> [Enrolment] {
        try await tx.all(
            """
            SELECT id, sequence_id, version::bigint AS version, uid, state, steps_done::bigint AS steps_done, started_at,
                   put_off, next_at, replied_at, ended_at, reason, why
              FROM nurture_enrolments \(rest)
            """
        ) { row in
            Enrolment(
                id: try row["id"],
                sequenceID: try row["sequence_id"],
                version: try row["version"],
                uid: try row["uid"],
                state: Enrolment.State(rawValue: try row["state"]) ?? .exited,
                stepsDone: try row["steps_done"],
                startedAt: try row["started_at"],
                putOff: try row["put_off"],
                nextAt: try row["next_at"],
                repliedAt: try row["replied_at"],
                endedAt: try row["ended_at"],
                reason: try row["reason"],
                why: try (row["why"] as JSONText).decode()
            )
        }
    }

    /// Adds people to a sequence; who was in it before, under any name, is left out.
    /// - Returns: those that are new.
    func add(_ enrolments: [Enrolment]) async throws -> Set<EnrolmentID> {
        guard !enrolments.isEmpty else { return [] }
        let added = try await tx.all(
            """
            INSERT INTO nurture_enrolments (id, sequence_id, version, origin, uid, state, started_at, next_at, why)
            SELECT t.id, t.sequence_id, t.version, t.uid, t.uid, 'active', t.started_at, t.next_at, t.why
              FROM unnest(\(enrolments.map(\.id.uuid))::uuid[], \(enrolments.map(\.sequenceID.uuid))::uuid[],
                          \(enrolments.map(\.version))::bigint[], \(enrolments.map(\.uid.uuid))::uuid[],
                          \(enrolments.map(\.startedAt))::timestamptz[], \(enrolments.map(\.nextAt))::timestamptz[],
                          \(try enrolments.map { try JSONText(wire: $0.why) })::jsonb[])
                   AS t (id, sequence_id, version, uid, started_at, next_at, why)
             WHERE NOT EXISTS (SELECT FROM nurture_enrolments e
                                WHERE e.sequence_id = t.sequence_id AND e.uid = t.uid)
             ORDER BY t.uid
            ON CONFLICT DO NOTHING RETURNING id
            """
        ) { try $0["id"] as EnrolmentID }
        return Set(added)
    }

    /// Writes down where they are now.
    func save(_ enrolments: [Enrolment]) throws {
        guard !enrolments.isEmpty else { return }
        try tx.later(
            """
            UPDATE nurture_enrolments e
               SET state = t.state, steps_done = t.steps_done, put_off = t.put_off, next_at = t.next_at,
                   replied_at = t.replied_at, ended_at = t.ended_at, reason = t.reason, why = t.why
              FROM unnest(\(enrolments.map(\.id.uuid))::uuid[], \(enrolments.map(\.state.rawValue))::text[],
                          \(enrolments.map(\.stepsDone))::bigint[], \(enrolments.map(\.putOff))::double precision[],
                          \(enrolments.map(\.nextAt))::timestamptz[], \(enrolments.map(\.repliedAt))::timestamptz[],
                          \(enrolments.map(\.endedAt))::timestamptz[], \(enrolments.map(\.reason))::text[],
                          \(try enrolments.map { try JSONText(wire: $0.why) })::jsonb[])
                   AS t (id, state, steps_done, put_off, next_at, replied_at, ended_at, reason, why)
             WHERE e.id = t.id
            """
        )
    }

    /// Gives those of these UIDs, of all that is one person's, to another.
    func move(_ members: [UID], from uid: UID, to other: UID) throws {
        try tx.later(
            """
            UPDATE nurture_enrolments SET uid = \(other)
             WHERE uid = \(uid) AND origin = ANY(\(members.map(\.uuid))::uuid[])
            """
        )
    }

    /// A step that is about to be sent.
    struct Sending: Sendable {
        let id: EnrolmentID
        let step: Int
        let template: String
    }

    /// Notes steps as sent, and counts them.
    /// - Returns: whose were not before.
    func noteSent(_ steps: [Sending], at now: Date) async throws -> Set<EnrolmentID> {
        guard !steps.isEmpty else { return [] }
        let new = try await tx.all(
            """
            WITH sent AS (
                INSERT INTO nurture_steps (enrolment_id, step, template, sent_at)
                SELECT t.*, \(now)
                  FROM unnest(\(steps.map(\.id.uuid))::uuid[], \(steps.map(\.step))::bigint[],
                              \(steps.map(\.template))::text[]) AS t
                ON CONFLICT DO NOTHING RETURNING enrolment_id, step
            ), counted AS (
                INSERT INTO nurture_sent AS n (sequence_id, version, step, count)
                SELECT e.sequence_id, e.version, s.step, count(*)
                  FROM sent s JOIN nurture_enrolments e ON e.id = s.enrolment_id GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
                ON CONFLICT (sequence_id, version, step) DO UPDATE SET count = n.count + EXCLUDED.count
            )
            SELECT enrolment_id FROM sent
            """
        ) { try $0["enrolment_id"] as EnrolmentID }
        return Set(new)
    }
}

/// Which people of a sequence are looked at.
struct EnrolmentFilter: Sendable, Equatable {
    enum Versions: Sendable, Equatable {
        case all
        case only(Int)
        /// On the way by an older one.
        case before(Int)
    }

    var state: Enrolment.State?
    /// Who has so many steps behind them and waits for the next.
    var step: Int?
    /// Who left for it.
    var reason: String?
    var versions = Versions.all
    var after: EnrolmentID?
}
