import Contracts
import Messaging
import Postgres

/// Forgets a person, as Leads says: their cases stay, with their clocks and their ends.
struct ForgottenPersonStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    /// The ids of their cases and hand-overs, which journals know as subjects.
    func subjects(of uids: [UID]) async throws -> [String] {
        let ids = uids.map(\.uuid)
        return try await tx.all(
            """
            SELECT id::text AS id FROM cases WHERE uid = ANY(\(ids)::uuid[])
             UNION ALL
            SELECT id::text FROM handovers WHERE uid = ANY(\(ids)::uuid[])
            """
        ) { try $0["id"] }
    }

    func isForgotten(_ uid: UID) async throws -> Bool {
        try await tx.first("SELECT 1 FROM forgotten WHERE uid = \(uid)") { _ in true } ?? false
    }

    func blank(_ uids: [UID]) throws {
        let ids = uids.map(\.uuid)
        try tx.later("INSERT INTO forgotten (uid) SELECT unnest(\(ids)::uuid[]) ON CONFLICT DO NOTHING")
        try tx.later(
            """
            UPDATE customers
               SET name = NULL, phone = NULL, email = NULL, language = NULL,
                   consent = '{"sms": false, "email": false, "call": false}'
             WHERE uid = ANY(\(ids)::uuid[])
            """
        )
        try tx.later("UPDATE handovers SET note = NULL WHERE uid = ANY(\(ids)::uuid[])")
        try tx.later(
            """
            UPDATE case_entries e SET text = '' FROM cases c WHERE c.id = e.case_id AND c.uid = ANY(\(ids)::uuid[])
            """
        )
        try tx.later(
            """
            UPDATE cases SET title = '–', text = '', result = CASE WHEN result IS NOT NULL THEN '–' END
             WHERE uid = ANY(\(ids)::uuid[])
            """
        )
    }
}
