import Foundation
import Messaging
import Postgres

/// The SQL of counting people by their tags.
struct TagCoverageStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    /// Counts everybody: seconds, with millions of tags.
    func count(at now: Date) async throws -> TagCoverage {
        let people = try await tx.first("SELECT count(*) AS people FROM persons") { try $0["people"] as Int } ?? 0
        let counts = try await tx.all(
            """
            SELECT key, count(DISTINCT uid) AS people FROM tags
             WHERE is_winner GROUP BY GROUPING SETS ((key), ())
            """
        ) { (key: try $0["key"] as String?, people: try $0["people"] as Int) }
        let byKey = counts.compactMap { count in count.key.map { ($0, count.people) } }
        return TagCoverage(
            people: people,
            tagged: counts.first { $0.key == nil }?.people ?? 0,
            byKey: Dictionary(byKey) { first, _ in first },
            countedAt: now
        )
    }

    /// What was counted last, if ever.
    func kept() async throws -> TagCoverage? {
        let rows = try await tx.all("SELECT key, people, of_people, counted_at FROM tag_coverage") { row in
            (
                key: try row["key"] as String, people: try row["people"] as Int, of: try row["of_people"] as Int,
                at: try row["counted_at"] as Date
            )
        }
        guard let whole = rows.first(where: { $0.key.isEmpty }) else { return nil }
        return TagCoverage(
            people: whole.of,
            tagged: whole.people,
            byKey: Dictionary(rows.filter { !$0.key.isEmpty }.map { ($0.key, $0.people) }) { first, _ in first },
            countedAt: whole.at
        )
    }

    /// Counts anew what was counted more than `age` seconds ago, unless somebody is at it.
    func refresh(olderThan age: TimeInterval, at now: Date) async throws {
        if let kept = try await kept(), now.timeIntervalSince(kept.countedAt) < age { return }
        guard try await takeTurn() else { return }
        try save(try await count(at: now))
    }

    /// - Returns: false while another replica is at it.
    func takeTurn() async throws -> Bool {
        try await tx.first(
            "SELECT pg_try_advisory_xact_lock(hashtextextended(current_schema() || ' tag coverage', 0)) AS mine"
        ) { try $0["mine"] } ?? false
    }

    /// Puts a count in the place of the one before.
    func save(_ coverage: TagCoverage) throws {
        let rows = [("", coverage.tagged)] + coverage.byKey.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        try tx.later("DELETE FROM tag_coverage")
        try tx.later(
            """
            INSERT INTO tag_coverage (key, people, of_people, counted_at)
            SELECT key, people, \(coverage.people), \(coverage.countedAt)
              FROM unnest(\(rows.map(\.0))::text[], \(rows.map(\.1))::bigint[]) AS t (key, people)
            """
        )
    }
}
