import Contracts
import Foundation
import Messaging
import Postgres
import Web

/// The SQL of what Notify holds of a person.
///
/// Whoever adds a table names it here, and in ``ForgottenRecipientStore`` where it says who somebody is; a test compares this with the
/// schema. What colleagues were told stays theirs; erasure takes a customer out of it.
extension Holdings {
    static let notify = Holdings(
        [
            customers,
            aliases(.kept("UIDs, and what was refused")),
            Table("opt_outs", .kept("that somebody wants nothing more")) {
                "SELECT to_jsonb(t) AS held FROM opt_outs t WHERE t.uid = \($0.anyUID) ORDER BY t.at"
            },
            Table("messages", .blanked) {
                "SELECT to_jsonb(t) AS held FROM messages t WHERE t.uid = \($0.anyUID) ORDER BY t.created_at, t.id"
            },
            Table("attempts", .kept("what became of a message; addresses are taken out when it is noted")) { person in
                """
                SELECT to_jsonb(t) AS held FROM attempts t JOIN messages m ON m.id = t.message_id
                 WHERE m.uid = \(person.anyUID) ORDER BY t.at, t.attempt
                """
            },
            Table("incoming_texts", .blanked) { person in
                """
                SELECT to_jsonb(t) AS held FROM incoming_texts t
                 WHERE t.uids && \(person.uids.map(\.uuid))::uuid[] ORDER BY t.received_at, t.id
                """
            },
            Table("failing_addresses", .blanked) { person in
                """
                SELECT to_jsonb(t) AS held FROM failing_addresses t
                 WHERE EXISTS (SELECT FROM customers c
                                WHERE c.uid = \(person.anyUID)
                                  AND t.address = CASE t.channel WHEN 'sms' THEN c.phone ELSE c.email END)
                 ORDER BY t.channel, t.address
                """
            },
            journal,
        ],
        others: ["staff": "colleagues", "policies": "numbers", "undone_merges": "ids of merges"]
    )
}

extension HoldingRoutes<NotifyHolder> {
    static func notify(_ app: NotifyApp) -> Self {
        HoldingRoutes(.notify, app.spine) { tx, uids in
            try await ForgottenRecipientStore(tx).messages(to: uids).compactMap { UUID(uuidString: $0) }
        }
    }
}
