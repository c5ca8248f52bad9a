import Contracts
import Foundation
import Messaging
import Postgres

/// The SQL of sequences and their versions.
struct NurtureStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    /// All sequences as they are now.
    func sequences() async throws -> [NurtureSequence] {
        try await sequences("s.version = v.version ORDER BY s.name LIMIT 200")
    }

    func sequence(_ id: SequenceID) async throws -> NurtureSequence? {
        try await sequences("s.version = v.version AND s.id = \(id)").first
    }

    func locked(_ id: SequenceID) async throws -> NurtureSequence? {
        try await sequences("s.version = v.version AND s.id = \(id) FOR UPDATE OF s").first
    }

    /// The versions of one, newest first.
    func history(of id: SequenceID, limit: Int) async throws -> [NurtureSequence] {
        try await sequences("s.id = \(id) ORDER BY v.version DESC LIMIT \(limit)")
    }

    /// What some go by, and whether that is switched on now.
    func plans(of enrolments: [Enrolment]) async throws -> [Key: Standing] {
        let keys = Array(Set(enrolments.map(Key.init)))
        guard !keys.isEmpty else { return [:] }
        let found = try await tx.all(
            """
            SELECT v.sequence_id, v.version::bigint AS version, v.plan, (n.plan ->> 'isActive')::boolean AS is_on
              FROM unnest(\(keys.map(\.id.uuid))::uuid[], \(keys.map(\.version))::bigint[]) AS k (id, version)
              JOIN nurture_versions v ON v.sequence_id = k.id AND v.version = k.version
              JOIN nurture_sequences s ON s.id = k.id
              JOIN nurture_versions n ON n.sequence_id = s.id AND n.version = s.version
            """
        ) { row in
            let standing = Standing(plan: try (row["plan"] as JSONText).decode(), isOn: try row["is_on"])
            return (Key(id: try row["sequence_id"], version: try row["version"]), standing)
        }
        return Dictionary(found) { first, _ in first }
    }

    struct Key: Hashable, Sendable {
        let id: SequenceID
        let version: Int
    }

    struct Standing: Sendable {
        let plan: NurturePlan
        let isOn: Bool
    }

    private func sequences(_ rest: SQL) async throws -> [NurtureSequence] {
        try await tx.all(
            """
            SELECT s.id, v.version::bigint AS version, v.plan, v.changed_by, v.changed_at
              FROM nurture_sequences s JOIN nurture_versions v ON v.sequence_id = s.id WHERE \(rest)
            """
        ) { row in
            NurtureSequence(
                id: try row["id"],
                plan: try (row["plan"] as JSONText).decode(),
                version: try row["version"],
                changedBy: try row["changed_by"],
                changedAt: try row["changed_at"]
            )
        }
    }

    /// Adds a version, which holds from now on.
    /// - Returns: false when another sequence has the name.
    func save(_ sequence: NurtureSequence) async throws -> Bool {
        let name = sequence.plan.name
        let taken = try await tx.first(
            "SELECT id FROM nurture_sequences WHERE name = \(name) AND id <> \(sequence.id)"
        ) { try $0["id"] as SequenceID }
        guard taken == nil else { return false }
        try await tx.execute(
            """
            INSERT INTO nurture_sequences (id, name, version)
            VALUES (\(sequence.id), \(name), \(sequence.version)::bigint)
            ON CONFLICT (id) DO UPDATE SET name = EXCLUDED.name, version = EXCLUDED.version
            """
        )
        try tx.later(
            """
            INSERT INTO nurture_versions (sequence_id, version, plan, changed_by, changed_at)
            VALUES (\(sequence.id), \(sequence.version)::bigint, \(try JSONText(wire: sequence.plan)),
                    \(sequence.changedBy), \(sequence.changedAt))
            """
        )
        return true
    }
}

extension NurtureStore.Key {
    init(_ enrolment: Enrolment) { self.init(id: enrolment.sequenceID, version: enrolment.version) }
}
