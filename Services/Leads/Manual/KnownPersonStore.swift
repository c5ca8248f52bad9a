import Contracts
import Foundation
import Messaging
import Postgres

/// Somebody whom we know already, with their newest lead.
struct KnownPerson: Sendable {
    let uid: UID
    let name: String?
    let leadID: LeadID?
    let status: Lead.Status?
    let channel: String?
    let ownerName: String?
    let lastTouchAt: Date?
}

/// The SQL that finds out, while a lead is entered, whether we know the person.
struct KnownPersonStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    /// The persons who have one of these identifiers.
    func find(_ identifiers: [PersonIdentifier]) async throws -> [KnownPerson] {
        guard !identifiers.isEmpty else { return [] }
        return try await persons(
            """
            p.uid IN (SELECT i.uid
                        FROM identifiers i
                        JOIN unnest(\(identifiers.map(\.kind.rawValue))::text[],
                                    \(identifiers.map(\.value))::text[]) AS t (kind, value)
                          ON i.kind = t.kind AND i.value = t.value)
            """
        )
    }

    /// The persons who are called so and have asked for one of these projects.
    func namesakes(_ name: String, _ projects: [String]) async throws -> [KnownPerson] {
        let keys = MatchKeys.of(MatchSubject(uid: UID.new(), name: name, projects: projects))
        guard !keys.isEmpty else { return [] }
        let found = try await persons(
            """
            p.uid IN (SELECT coalesce(a.survivor, m.uid)
                        FROM match_keys m LEFT JOIN aliases a ON a.uid = m.uid
                       WHERE m.key = ANY(\(keys.sorted())::bigint[]))
            """
        )
        // A key is a digest, and who was merged may be called otherwise by now.
        return found.filter { $0.name.map(NameForm.init) == NameForm(name) }
    }

    private func persons(_ condition: SQL) async throws -> [KnownPerson] {
        try await tx.all(
            """
            SELECT p.uid, p.name, l.id AS lead_id, l.status, l.channel, l.last_touch_at, s.name AS owner_name
              FROM persons p
              LEFT JOIN LATERAL (SELECT id, status, channel, owner_id, last_touch_at
                                   FROM leads WHERE uid = p.uid ORDER BY id DESC LIMIT 1) l ON true
              LEFT JOIN staff s ON s.id = l.owner_id
             WHERE \(condition)
             ORDER BY p.uid
             LIMIT 5
            """
        ) { row in
            let status: String? = try row["status"]
            return KnownPerson(
                uid: try row["uid"],
                name: try row["name"],
                leadID: try row["lead_id"],
                status: status.flatMap { Lead.Status(rawValue: $0) },
                channel: try row["channel"],
                ownerName: try row["owner_name"],
                lastTouchAt: try row["last_touch_at"]
            )
        }
    }
}
