import Foundation
import Logging
import Postgres

/// Drops partitions by month that are older than somebody wants to keep.
///
/// Nothing is dropped unless a number of months is set for its table. The default partition stays, and so does a month of
/// the journal with an event that the broker does not have yet.
struct OldPartitions: Sendable {
    let spine: Spine
    /// Whole months to keep besides the current one, by the name of the partitioned table.
    let months: [String: Int]

    func drop() async throws {
        for (table, months) in months.sorted(by: { $0.key < $1.key }) {
            let dropped = try await spine.database.transaction { tx in
                try await PartitionStore(tx).drop(of: table, olderThan: months)
            }
            guard !dropped.isEmpty else { continue }
            spine.logger.notice(
                "housekeeping: dropped what is older than is kept",
                metadata: ["table": "\(table)", "partitions": "\(dropped.joined(separator: " "))"]
            )
        }
    }
}

/// The SQL of old partitions.
struct PartitionStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    /// Takes whole partitions `<table>_YYYY_MM` away and returns their names.
    ///
    /// The month in the name counts, as ``Housekeeping`` makes them. A lock that somebody holds for long ends it, and it
    /// is tried again with the next cleaning.
    func drop(of table: String, olderThan months: Int) async throws -> [String] {
        try await tx.execute("SELECT pg_advisory_xact_lock(hashtextextended('lintel.housekeeping', 0))")
        let old = try await tx.all(
            """
            SELECT child.relname AS name,
                   format('ALTER TABLE %I DETACH PARTITION %I; DROP TABLE %I', parent.relname, child.relname, child.relname)
                       AS statement
              FROM pg_inherits i
              JOIN pg_class parent ON parent.oid = i.inhparent
              JOIN pg_class child ON child.oid = i.inhrelid
              CROSS JOIN LATERAL (
                  SELECT CASE WHEN child.relname ~ ('^' || parent.relname || '_[0-9]{4}_[0-9]{2}$')
                              THEN to_date(right(child.relname, 7), 'YYYY_MM') END AS first) AS month
             WHERE parent.relname = \(table) AND parent.relnamespace = current_schema()::regnamespace
               AND month.first + make_interval(months => 1 + \(months)::int) <= date_trunc('month', now())
               AND NOT (parent.relname = 'journal'
                        AND EXISTS (SELECT 1 FROM outbox
                                     WHERE recorded_at >= month.first AND recorded_at < month.first + interval '1 month'))
             ORDER BY child.relname
            """
        ) { (name: try $0["name"] as String, statement: try $0["statement"] as String) }
        for partition in old { try await tx.script(partition.statement) }
        return old.map(\.name)
    }
}
