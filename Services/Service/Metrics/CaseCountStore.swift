import Foundation
import Postgres

/// Counts cases for the metrics.
struct CaseCountStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    /// Open cases by kind, and how many of them are past their deadline without an answer.
    func open(at now: Date) async throws -> [String: (open: Int, overdue: Int)] {
        let rows = try await tx.all(
            """
            SELECT kind, count(*) AS open,
                   count(*) FILTER (WHERE first_replied_at IS NULL AND response_due_at < \(now)) AS overdue
              FROM cases WHERE status = 'open' GROUP BY kind
            """
        ) { row in (try row["kind"] as String, (open: try row["open"] as Int, overdue: try row["overdue"] as Int)) }
        return Dictionary(uniqueKeysWithValues: rows)
    }
}
