import Contracts
import Foundation
import Messaging
import Postgres

/// One thing that happened to a lead, as the journal tells it.
struct LeadHistoryEntry: Sendable {
    let id: UUID
    /// Its place among everything that happened to the lead.
    let sequence: Int
    let name: MessageName
    let actor: String
    let at: Date
    let data: JSONText
}

/// The SQL of a lead's story.
struct LeadHistoryStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    /// What was journalled about a lead, oldest first; of a long story the last, or the last before a place in it.
    func of(_ lead: LeadID, before place: Int? = nil, limit: Int) async throws -> [LeadHistoryEntry] {
        let earlier: SQL = place.map { "AND sequence < \($0)" } ?? ""
        return try await tx.all(
            """
            SELECT id, sequence, name, actor, occurred_at, data
              FROM (SELECT id, sequence, name, actor, occurred_at, data FROM journal
                     WHERE subject = \(lead.description) \(earlier) ORDER BY sequence DESC LIMIT \(limit)) AS last
             ORDER BY sequence
            """
        ) { row in
            LeadHistoryEntry(
                id: try row["id"],
                sequence: try row["sequence"],
                name: MessageName(try row["name"] as String),
                actor: try row["actor"],
                at: try row["occurred_at"],
                data: try row["data"]
            )
        }
    }
}
