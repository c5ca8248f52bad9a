import Contracts
import Foundation
import Messaging
import Postgres

/// The SQL of persons and their identifiers.
struct PersonStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    /// Claims identifiers for whom they are proposed to be, unless somebody has them already, and says whose they are.
    ///
    /// Locks every one of them until the transaction ends, in one order for all callers, so that two replicas with the
    /// same new person wait for each other instead of making two of them.
    func claim(_ proposals: [PersonIdentifier: Holder], now: Date) async throws -> [PersonIdentifier: Holder] {
        guard !proposals.isEmpty else { return [:] }
        let sorted = proposals.sorted { $0.key < $1.key }
        let rows = try await tx.all(
            """
            INSERT INTO identifiers (kind, value, uid, created_at)
            SELECT kind, value, uid, \(now)
              FROM unnest(\(sorted.map(\.key.kind.rawValue))::text[], \(sorted.map(\.key.value))::text[],
                          \(sorted.map(\.value.uid.uuid))::uuid[]) WITH ORDINALITY AS t (kind, value, uid, position)
             ORDER BY position
            ON CONFLICT (kind, value) DO UPDATE SET uid = identifiers.uid
            RETURNING kind, value, uid, origin
            """
        ) { row in (try PersonStore.identifier(row), Holder(try row["uid"], side: try row["origin"])) }
        return Dictionary(rows) { first, _ in first }
    }

    /// Gives identifiers that were just claimed to whom they turned out to belong.
    func reassign(_ owners: [PersonIdentifier: Holder]) async throws {
        guard !owners.isEmpty else { return }
        let sorted = owners.sorted { $0.key < $1.key }
        try tx.later(
            """
            UPDATE identifiers i
               SET uid = t.uid, origin = t.origin
              FROM unnest(\(sorted.map(\.key.kind.rawValue))::text[], \(sorted.map(\.key.value))::text[],
                          \(sorted.map(\.value.uid.uuid))::uuid[], \(sorted.map(\.value.origin?.uuid))::uuid[])
                   AS t (kind, value, uid, origin)
             WHERE i.kind = t.kind AND i.value = t.value
            """
        )
    }

    /// Reads persons and locks them, oldest first; who only refers to them (tags, reviews) does not wait.
    func locked(_ uids: some Collection<UID>) async throws -> [UID: Person] {
        try await load(uids, "FOR NO KEY UPDATE")
    }

    func all(_ uids: some Collection<UID>) async throws -> [UID: Person] { try await load(uids, "") }

    /// What persons are called; who has no name is missing.
    func names(of uids: some Collection<UID>) async throws -> [UID: String] {
        let named = try await tx.all(
            "SELECT uid, name FROM persons WHERE uid = ANY(\(uids.map(\.uuid))::uuid[]) AND name IS NOT NULL"
        ) { (uid: try $0["uid"] as UID, name: try $0["name"] as String) }
        return Dictionary(named.map { ($0.uid, $0.name) }) { first, _ in first }
    }

    private func load(_ uids: some Collection<UID>, _ lock: SQL) async throws -> [UID: Person] {
        guard !uids.isEmpty else { return [:] }
        let ids = uids.map(\.uuid)
        let persons = try await tx.all(
            """
            SELECT uid, name, language, consent_sms, consent_email, consent_call, consents, created_at
              FROM persons WHERE uid = ANY(\(ids)::uuid[]) ORDER BY uid \(lock)
            """
        ) { row in
            Person(
                uid: try row["uid"],
                name: try row["name"],
                language: try row["language"],
                consents: try Consents(row: row)
            )
        }
        var found = Dictionary(persons.map { ($0.uid, $0) }) { first, _ in first }
        let identifiers = try await tx.all(
            """
            SELECT kind, value, uid FROM identifiers WHERE uid = ANY(\(ids)::uuid[]) ORDER BY created_at, kind DESC, value
            """
        ) { row in (uid: try row["uid"] as UID, identifier: try PersonStore.identifier(row)) }
        for (uid, identifier) in identifiers { found[uid]?.identifiers.append(identifier) }
        return found
    }

    /// Adds persons or writes what is known of them now.
    func save(_ persons: [Person], now: Date) async throws {
        guard !persons.isEmpty else { return }
        let sorted = persons.sorted { $0.uid < $1.uid }
        let means = sorted.map(\.consent)
        try tx.later(
            """
            INSERT INTO persons (uid, name, language, consent_sms, consent_email, consent_call, consents, created_at,
                                 updated_at)
            SELECT uid, name, language, sms, email, call, consents, \(now), \(now)
              FROM unnest(\(sorted.map(\.uid.uuid))::uuid[], \(sorted.map(\.name))::text[],
                          \(sorted.map(\.language))::text[], \(means.map(\.sms))::boolean[],
                          \(means.map(\.email))::boolean[], \(means.map(\.call))::boolean[],
                          \(try sorted.map { try $0.consents.stored })::jsonb[])
                   AS t (uid, name, language, sms, email, call, consents)
            ON CONFLICT (uid) DO UPDATE
               SET name = EXCLUDED.name, language = EXCLUDED.language, consent_sms = EXCLUDED.consent_sms,
                   consent_email = EXCLUDED.consent_email, consent_call = EXCLUDED.consent_call,
                   consents = EXCLUDED.consents, updated_at = EXCLUDED.updated_at
            """
        )
    }

    /// Locks all that says who these persons are: an enquiry that names them waits until the transaction ends.
    func lockIdentifiers(of uids: [UID]) async throws {
        try await tx.execute(
            """
            SELECT 1 FROM identifiers WHERE uid = ANY(\(uids.map(\.uuid))::uuid[])
             ORDER BY kind COLLATE "C", value COLLATE "C" FOR UPDATE
            """
        )
    }

    static func identifier(_ row: Row) throws -> PersonIdentifier {
        PersonIdentifier(
            kind: PersonIdentifier.Kind(rawValue: try row["kind"]) ?? .wechat,
            value: try row["value"]
        )
    }
}
