import Contracts
import Messaging
import Postgres

/// Forgets a customer, as Leads says: the deals, their amounts and their way stay.
struct ForgottenCustomerStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    /// What says who they are, in the rows of all the UIDs that they were known by.
    func words(of uids: [UID]) async throws -> (contacts: [String], names: [String]) {
        let rows = try await tx.all(
            """
            SELECT name, phones || emails || coalesce(ARRAY[wechat], '{}') AS contacts FROM customers
             WHERE uid = ANY(\(uids.map(\.uuid))::uuid[])
             UNION ALL
            SELECT was ->> 'name',
                   ARRAY(SELECT jsonb_array_elements_text((was -> 'phones') || (was -> 'emails'))) FROM merged_people
             WHERE uid = ANY(\(uids.map(\.uuid))::uuid[])
            """
        ) { row in (name: try row["name"] as String?, contacts: try row["contacts"] as [String?]) }
        return (rows.flatMap { $0.contacts.compactMap(\.self) }, rows.compactMap(\.name))
    }

    func deals(of uids: [UID]) async throws -> [String] {
        try await tx.all("SELECT id::text AS id FROM deals WHERE uid = ANY(\(uids.map(\.uuid))::uuid[])") {
            try $0["id"]
        }
    }

    /// Those of these people who were forgotten.
    func forgotten(among uids: [UID]) async throws -> Set<UID> {
        Set(
            try await tx.all("SELECT uid FROM forgotten WHERE uid = ANY(\(uids.map(\.uuid))::uuid[])") {
                try $0["uid"] as UID
            }
        )
    }

    func blank(_ uids: [UID]) throws {
        let ids = uids.map(\.uuid)
        try tx.later("INSERT INTO forgotten (uid) SELECT unnest(\(ids)::uuid[]) ON CONFLICT DO NOTHING")
        try tx.later(
            """
            UPDATE customers
               SET name = NULL, phones = '{}', emails = '{}', wechat = NULL, need = NULL, tags = NULL,
                   next_action = NULL, next_at = NULL,
                   consent = '{"sms": false, "email": false, "call": false}'
             WHERE uid = ANY(\(ids)::uuid[])
            """
        )
        try tx.later("DELETE FROM merged_people WHERE uid = ANY(\(ids)::uuid[])")
        try tx.later("UPDATE contacts SET note = NULL, next_action = NULL WHERE uid = ANY(\(ids)::uuid[])")
        // A deal is called after its customer unless somebody has said otherwise.
        try tx.later(
            "UPDATE deals SET title = coalesce(project, '–'), lost_note = NULL WHERE uid = ANY(\(ids)::uuid[])"
        )
    }

    /// Why they have their grade and their agent stays, without the words; as the journal of Leads tells it from now on.
    func blankReasons(of uids: [UID], _ redaction: Redaction) async throws {
        let rows = try await tx.all(
            """
            SELECT uid, grade_why::text AS grade, owner_why::text AS owner FROM customers
             WHERE uid = ANY(\(uids.map(\.uuid))::uuid[])
            """
        ) { (uid: try $0["uid"] as UID, grade: try $0["grade"] as String?, owner: try $0["owner"] as String?) }
        for row in rows {
            try tx.later(
                """
                UPDATE customers
                   SET grade_why = \(Self.redacted(row.grade, redaction)), owner_why = \(Self.redacted(row.owner, redaction))
                 WHERE uid = \(row.uid)
                """
            )
        }
    }

    private static func redacted(_ json: String?, _ redaction: Redaction) -> JSONText? {
        json.map { JSONText(redaction.redacted($0, isTheirs: true) ?? "{}") }
    }

    /// The timeline keeps what happened when, without the words.
    func blankTimeline(of uids: [UID], _ redaction: Redaction) async throws {
        let rows = try await tx.all(
            """
            SELECT event_id, inputs::text AS inputs, why::text AS why FROM timeline
             WHERE uid = ANY(\(uids.map(\.uuid))::uuid[])
            """
        ) { (id: try $0["event_id"] as String, inputs: try $0["inputs"] as String?, why: try $0["why"] as String?) }
        let changed = rows.map { ($0.id, Self.redacted($0.inputs, redaction), Self.redacted($0.why, redaction)) }
        try tx.later(
            """
            UPDATE timeline l SET inputs = t.inputs, why = t.why
              FROM unnest(\(changed.map(\.0))::text[], \(changed.map(\.1))::jsonb[], \(changed.map(\.2))::jsonb[])
                   AS t (id, inputs, why)
             WHERE l.event_id = t.id
            """
        )
    }
}
