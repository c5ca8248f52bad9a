import Contracts
import Foundation
import Messaging
import Postgres

/// The SQL of what was told of persons.
struct TellingStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    /// Adds tellings; one that is there already stays as it is.
    func insert(_ tellings: [Telling]) throws {
        guard !tellings.isEmpty else { return }
        try tx.later(
            """
            INSERT INTO tellings (origin, id, source, submission_id, actor, confidence, told, told_at, heard_by, reason,
                                  said_at, words)
            SELECT origin, id, source, submission_id, actor, confidence, told, told_at, heard_by, reason, said_at, words
              FROM unnest(\(tellings.map(\.origin.uuid))::uuid[], \(tellings.map(\.id))::uuid[],
                          \(tellings.map(\.source.rawValue))::text[], \(tellings.map(\.submissionID))::uuid[],
                          \(tellings.map(\.actor))::text[], \(tellings.map(\.confidence))::bigint[],
                          \(try tellings.map { try JSONText(wire: $0.told) })::jsonb[],
                          \(tellings.map(\.toldAt))::timestamptz[], \(tellings.map(\.heardBy))::text[],
                          \(tellings.map(\.reason))::text[], \(tellings.map(\.saidAt))::timestamptz[],
                          \(tellings.map(\.words))::text[])
                   AS t (origin, id, source, submission_id, actor, confidence, told, told_at, heard_by, reason, said_at,
                         words)
            ON CONFLICT DO NOTHING
            """
        )
    }

    /// Writes what tellings tell now, once somebody's words were taken back; one that is not there yet is added.
    func put(_ tellings: [Telling]) throws {
        try insert(tellings)
        try tx.later(
            """
            UPDATE tellings t SET told = n.told
              FROM unnest(\(tellings.map(\.origin.uuid))::uuid[], \(tellings.map(\.id))::uuid[],
                          \(try tellings.map { try JSONText(wire: $0.told) })::jsonb[]) AS n (origin, id, told)
             WHERE t.origin = n.origin AND t.id = n.id
            """
        )
    }

    func remove(_ tellings: [Telling]) throws {
        try tx.later(
            """
            DELETE FROM tellings t
             USING unnest(\(tellings.map(\.origin.uuid))::uuid[], \(tellings.map(\.id))::uuid[]) AS n (origin, id)
             WHERE t.origin = n.origin AND t.id = n.id
            """
        )
    }

    /// Everything that was told of these UIDs, in the order of time.
    func of(_ origins: some Collection<UID>) async throws -> [Telling] {
        guard !origins.isEmpty else { return [] }
        return try await tx.all(
            """
            SELECT origin, id, source, submission_id, actor, confidence::bigint AS confidence, told, told_at, heard_by,
                   reason, said_at, words
              FROM tellings WHERE origin = ANY(\(origins.map(\.uuid))::uuid[]) ORDER BY told_at, id
            """
        ) { row in
            let told: JSONText = try row["told"]
            var telling = Telling(
                origin: try row["origin"],
                id: try row["id"],
                source: Telling.Source(rawValue: try row["source"]) ?? .earlier,
                submissionID: try row["submission_id"],
                actor: try row["actor"],
                confidence: try row["confidence"],
                told: try told.decode(),
                toldAt: try row["told_at"]
            )
            telling.heardBy = try row["heard_by"]
            telling.reason = try row["reason"]
            telling.saidAt = try row["said_at"]
            telling.words = try row["words"]
            return telling
        }
    }

    /// Makes a telling of what was known of these persons before tellings were kept.
    func adopt(_ origins: some Collection<UID>) async throws {
        try tx.later(
            """
            INSERT INTO tellings (origin, id, source, actor, confidence, told, told_at)
            SELECT uid, uid, \(Telling.Source.earlier.rawValue), 'system', \(Telling.Source.earlier.confidence),
                   jsonb_strip_nulls(jsonb_build_object(
                       'name', name, 'language', language,
                       'consent.contact.sms', CASE consent_sms WHEN true THEN 'yes' WHEN false THEN 'no' END,
                       'consent.contact.email', CASE consent_email WHEN true THEN 'yes' WHEN false THEN 'no' END,
                       'consent.contact.call', CASE consent_call WHEN true THEN 'yes' WHEN false THEN 'no' END)),
                   created_at
              FROM persons WHERE uid = ANY(\(origins.map(\.uuid))::uuid[])
            ON CONFLICT DO NOTHING
            """
        )
    }
}
