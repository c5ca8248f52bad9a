import Contracts
import Foundation
import Messaging
import Postgres

/// One thing that happened to a lead, as the journal tells it.
struct LeadHistoryEntry: Sendable {
    let id: UUID
    let name: MessageName
    let actor: String
    let at: Date
    let data: JSONText
}

/// The SQL of a lead's story.
struct LeadHistoryStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    /// What was journalled about a lead, oldest first; of a very long story the last 500 events.
    func of(_ lead: LeadID) async throws -> [LeadHistoryEntry] {
        try await tx.all(
            """
            SELECT id, name, actor, occurred_at, data
              FROM (SELECT id, name, actor, occurred_at, data, sequence FROM journal
                     WHERE subject = \(lead.description) ORDER BY sequence DESC LIMIT 500) AS last
             ORDER BY sequence
            """
        ) { row in
            LeadHistoryEntry(
                id: try row["id"],
                name: MessageName(try row["name"] as String),
                actor: try row["actor"],
                at: try row["occurred_at"],
                data: try row["data"]
            )
        }
    }
}
