import Contracts
import Foundation
import Messaging
import Postgres

/// A ledger row as receipts and pages show it.
struct LedgerView: Sendable {
    let id: UUID
    let channel: String
    let key: String
    let transport: String
    let outcome: String
    let reason: String?
    let field: String?
    let detail: String?
    let notes: [Enquiry.Note]
    /// Of a duplicate: what became of the first.
    let leadID: LeadID?
    let uid: UID?
    let duplicateOf: UUID?
    let deliveries: Int
    let receivedAt: Date
}

/// The SQL of the ledger that is only looked at.
struct LedgerQueryStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    func find(_ id: UUID) async throws -> LedgerView? { try await views("s.id = \(id)").first }

    /// The submissions that a lead is made of, oldest first; of very many the last hundred.
    func of(_ lead: LeadID) async throws -> [LedgerView] {
        try await views("s.lead_id = \(lead) ORDER BY s.received_at DESC, s.id DESC LIMIT 100").reversed()
    }

    /// Rows of a filter, newest first.
    func list(_ filter: LedgerQuery, after: (time: Date, id: UUID)?, limit: Int) async throws -> [LedgerView] {
        let outcome: SQL = filter.outcome.map { "s.outcome = \($0)" } ?? "true"
        let reason: SQL = filter.reason.map { "s.reason = \($0)" } ?? "true"
        let channel: SQL = filter.channel.map { "s.channel = \($0)" } ?? "true"
        let place: SQL = after.map { "(s.received_at, s.id) < (\($0.time), \($0.id))" } ?? "true"
        return try await views(
            """
            \(outcome) AND \(reason) AND \(channel) AND \(place)
             ORDER BY s.received_at DESC, s.id DESC LIMIT \(limit)
            """
        )
    }

    /// Every reason that something was rejected for: one step in the index for each.
    func reasons() async throws -> [String] {
        try await tx.all(
            """
            WITH RECURSIVE known AS (
                (SELECT reason FROM submissions WHERE reason IS NOT NULL ORDER BY reason LIMIT 1)
                UNION ALL
                SELECT (SELECT s.reason FROM submissions s
                         WHERE s.reason IS NOT NULL AND s.reason > k.reason ORDER BY s.reason LIMIT 1)
                  FROM known k WHERE k.reason IS NOT NULL
            )
            SELECT reason FROM known WHERE reason IS NOT NULL
            """
        ) { try $0["reason"] }
    }

    private func views(_ condition: SQL) async throws -> [LedgerView] {
        try await tx.all(
            """
            SELECT s.id, s.channel, s.submission_key, s.transport, s.outcome, s.reason, s.field, s.detail, s.notes,
                   coalesce(s.lead_id, f.lead_id) AS lead_id, coalesce(s.uid, f.uid) AS uid, s.duplicate_of,
                   s.deliveries::bigint AS deliveries, s.received_at
              FROM submissions s
              LEFT JOIN submissions f ON f.id = s.duplicate_of
             WHERE \(condition)
            """
        ) { row in
            let notes: JSONText = try row["notes"]
            return LedgerView(
                id: try row["id"],
                channel: try row["channel"],
                key: try row["submission_key"],
                transport: try row["transport"],
                outcome: try row["outcome"],
                reason: try row["reason"],
                field: try row["field"],
                detail: try row["detail"],
                notes: try notes.decode(),
                leadID: try row["lead_id"],
                uid: try row["uid"],
                duplicateOf: try row["duplicate_of"],
                deliveries: try row["deliveries"],
                receivedAt: try row["received_at"]
            )
        }
    }
}
