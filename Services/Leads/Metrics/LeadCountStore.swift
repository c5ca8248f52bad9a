import Postgres

/// Counts leads for the metrics.
struct LeadCountStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    /// Open leads that nobody has answered; of those, past their deadline, and without an owner.
    func unanswered() async throws -> (open: Int, overdue: Int, pooled: Int)? {
        try await tx.first(
            """
            SELECT count(*) AS open, count(*) FILTER (WHERE response_step <> 'waiting') AS overdue,
                   count(*) FILTER (WHERE owner_id IS NULL) AS pooled
              FROM leads WHERE status = 'open'
            """
        ) { row in (try row["open"], try row["overdue"], try row["pooled"]) }
    }
}
