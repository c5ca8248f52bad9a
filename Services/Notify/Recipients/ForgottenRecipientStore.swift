import Contracts
import Messaging
import Postgres

/// Forgets a person, as Leads says: that messages were sent stays, and what became of them.
struct ForgottenRecipientStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    func messages(to uids: [UID]) async throws -> [String] {
        try await tx.all("SELECT id::text AS id FROM messages WHERE uid = ANY(\(uids.map(\.uuid))::uuid[])") {
            try $0["id"]
        }
    }

    /// What they wrote to us, and where messages to them failed; where somebody else has the same number, that stays.
    ///
    /// Asked before the messages lose the numbers that they went to.
    func blankPlaces(_ uids: [UID]) throws {
        let ids = uids.map(\.uuid)
        let places: SQL = """
            (SELECT phone FROM customers WHERE uid = ANY(\(ids)::uuid[]) AND phone IS NOT NULL
              UNION SELECT email FROM customers WHERE uid = ANY(\(ids)::uuid[]) AND email IS NOT NULL
              UNION SELECT address FROM messages WHERE uid = ANY(\(ids)::uuid[]) AND address IS NOT NULL)
            """
        // The gateway's own id stays, so that what it hands over once more is known; a digest of the words does not.
        try tx.later(
            """
            UPDATE incoming_texts
               SET words = '', phone = NULL, key = CASE WHEN key LIKE 'id %' THEN key ELSE 'forgotten ' || id END
             WHERE uids && \(ids)::uuid[] OR (uids = '{}' AND phone IN \(places))
            """
        )
        try tx.later(
            """
            DELETE FROM failing_addresses f
             WHERE f.address IN \(places)
               AND NOT EXISTS (SELECT FROM customers c
                                WHERE f.address = CASE f.channel WHEN 'sms' THEN c.phone ELSE c.email END
                                  AND c.uid <> ALL(\(ids)::uuid[]))
            """
        )
    }

    /// What staff were told about them names them, too.
    func blank(_ uids: [UID], about leads: [LeadID]) throws {
        let ids = uids.map(\.uuid)
        try tx.later(
            """
            UPDATE customers
               SET name = NULL, phone = NULL, email = NULL, language = NULL, consent_sms = false, consent_email = false,
                   consent_purposes = NULL, consent_grounds = NULL
             WHERE uid = ANY(\(ids)::uuid[])
            """
        )
        let links = uids.map { "/sales/customers/\($0)" } + leads.map { "/leads/leads/\($0)" }
        let concerns: SQL = "(concerns = ANY(\(ids)::uuid[]) OR link = ANY(\(links)::text[]))"
        // What waits is not sent any more.
        try tx.later(
            """
            UPDATE messages SET state = 'suppressed', reason = 'person-erased', decision = NULL
             WHERE state = 'queued'
               AND (uid = ANY(\(ids)::uuid[]) OR staff_id IS NOT NULL AND \(concerns))
            """
        )
        // Also what is on its way just now: whoever sends it has the words, and if they are lost it is not sent again.
        try tx.later(
            """
            UPDATE messages SET subject = '', body = '', address = NULL, detail = NULL
             WHERE uid = ANY(\(ids)::uuid[])
            """
        )
        try tx.later(
            """
            UPDATE messages SET subject = '', body = ''
             WHERE staff_id IS NOT NULL AND \(concerns)
            """
        )
    }
}
