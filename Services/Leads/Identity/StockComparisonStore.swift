import Contracts
import Foundation
import Messaging
import Postgres

/// The SQL of comparing everybody who is known.
struct StockComparisonStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    /// The newest, locked where that is asked for: one replica at a time goes on with it.
    func newest(locking: Bool = false) async throws -> StockComparison? {
        let lock: SQL = locking ? "FOR UPDATE" : ""
        return try await tx.first(
            """
            SELECT id, policy_version, actor, began_at, last_uid, people, at_uid, compared, joined, proposed, skipped,
                   ended_at
              FROM stock_comparisons ORDER BY began_at DESC, id DESC LIMIT 1 \(lock)
            """
        ) { row in
            StockComparison(
                id: try row["id"],
                policyVersion: try row["policy_version"],
                actor: try row["actor"],
                beganAt: try row["began_at"],
                last: try row["last_uid"],
                people: try row["people"],
                reached: try row["at_uid"],
                compared: try row["compared"],
                joined: try row["joined"],
                proposed: try row["proposed"],
                skipped: try row["skipped"],
                endedAt: try row["ended_at"]
            )
        }
    }

    /// Keeps a new one; nothing happens where somebody else was faster.
    func begin(policy: Int, by actor: String, at now: Date) async throws {
        try await tx.execute(
            """
            INSERT INTO stock_comparisons (id, policy_version, actor, began_at, last_uid, people)
            SELECT \(UUID.v7(at: now)), \(policy), \(actor), \(now),
                   (SELECT uid FROM persons ORDER BY uid DESC LIMIT 1), (SELECT count(*) FROM persons)
            ON CONFLICT DO NOTHING
            """
        )
    }

    func save(_ comparison: StockComparison) throws {
        try tx.later(
            """
            UPDATE stock_comparisons
               SET at_uid = \(comparison.reached), compared = \(comparison.compared), joined = \(comparison.joined),
                   proposed = \(comparison.proposed), skipped = \(comparison.skipped), ended_at = \(comparison.endedAt)
             WHERE id = \(comparison.id)
            """
        )
    }

    /// Who comes next, in the order of their UIDs.
    func persons(of comparison: StockComparison, atMost limit: Int) async throws -> [UID] {
        guard let last = comparison.last else { return [] }
        let rest: SQL = comparison.reached.map { "AND uid > \($0)" } ?? ""
        return try await tx.all(
            "SELECT uid FROM persons WHERE uid <= \(last) \(rest) ORDER BY uid LIMIT \(limit)"
        ) { try $0["uid"] }
    }

    /// What submissions said of two, the older of whom is among these, and nobody has looked at.
    ///
    /// Whose merge was taken back by somebody is left to people.
    func conflicts(of persons: [UID]) async throws -> [MatchQuestion.Conflict] {
        guard !persons.isEmpty else { return [] }
        return try await tx.all(
            """
            SELECT low, high, submission_id FROM reviews r
             WHERE low = ANY(\(persons.map(\.uuid))::uuid[]) AND status = 'open' AND submission_id IS NOT NULL
               AND NOT EXISTS (SELECT FROM merges m WHERE m.merged IN (r.low, r.high) AND m.undone_at IS NOT NULL)
             ORDER BY low, high
            """
        ) { MatchQuestion.Conflict(kept: try $0["low"], other: try $0["high"], submission: try $0["submission_id"]) }
    }
}
