import Contracts
import Messaging
import Postgres

/// Forgets a person, as Leads says: that messages were sent stays, and what became of them.
struct ForgottenRecipientStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    func words(of uids: [UID]) async throws -> (contacts: [String], names: [String]) {
        let rows = try await tx.all(
            "SELECT name, phone, email FROM customers WHERE uid = ANY(\(uids.map(\.uuid))::uuid[])"
        ) { row in
            (name: try row["name"] as String?, contacts: [try row["phone"] as String?, try row["email"] as String?])
        }
        return (rows.flatMap { $0.contacts.compactMap(\.self) }, rows.compactMap(\.name))
    }

    func messages(to uids: [UID]) async throws -> [String] {
        try await tx.all("SELECT id::text AS id FROM messages WHERE uid = ANY(\(uids.map(\.uuid))::uuid[])") {
            try $0["id"]
        }
    }

    /// What staff were told about them names them, too.
    func blank(_ uids: [UID], about leads: [LeadID]) throws {
        let ids = uids.map(\.uuid)
        try tx.later(
            """
            UPDATE customers
               SET name = NULL, phone = NULL, email = NULL, language = NULL, consent_sms = false, consent_email = false
             WHERE uid = ANY(\(ids)::uuid[])
            """
        )
        let links = uids.map { "/sales/customers/\($0)" } + leads.map { "/leads/leads/\($0)" }
        // What waits is not sent any more.
        try tx.later(
            """
            UPDATE messages SET state = 'suppressed', reason = 'person-erased', decision = NULL
             WHERE state = 'queued'
               AND (uid = ANY(\(ids)::uuid[]) OR staff_id IS NOT NULL AND link = ANY(\(links)::text[]))
            """
        )
        try tx.later(
            """
            UPDATE messages SET subject = '', body = '', address = NULL, detail = NULL
             WHERE uid = ANY(\(ids)::uuid[]) AND state <> 'sending'
            """
        )
        try tx.later(
            """
            UPDATE messages SET subject = '', body = ''
             WHERE staff_id IS NOT NULL AND link = ANY(\(links)::text[]) AND state <> 'sending'
            """
        )
    }
}
