import Contracts
import Foundation
import Postgres

/// What marketing people have had.
struct MarketingStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    /// Waits until nobody else decides about these people, until the end of the transaction: two messages by two lanes
    /// must not both be the first of the day.
    func lock(_ people: [UID]) async throws {
        try await tx.execute(
            """
            SELECT pg_advisory_xact_lock(hashtextextended(current_schema() || ' marketing ' || t.uid, 0))
              FROM unnest(\(people.map(\.uuid))::uuid[]) AS t (uid)
            """
        )
    }

    /// The sendings that have reached people since an instant, or may have, by person, each with its time.
    func sent(to people: [UID], since: Date) async throws -> [UID: [String: Date]] {
        let rows = try await tx.all(
            """
            SELECT t.uid, m.audience_id, m.cause_id, max(coalesce(m.sent_at, m.changed_at)) AS at
              FROM unnest(\(people.map(\.uuid))::uuid[]) AS t (uid)
              JOIN messages m ON m.uid = ANY(ARRAY(SELECT t.uid
                                                   UNION ALL
                                                   SELECT a.uid FROM aliases a WHERE a.survivor = t.uid))
             WHERE m.cause_name = ANY(\(Message.marketing)::text[])
               AND m.state IN ('sending', 'accepted', 'delivered', 'unknown')
               AND coalesce(m.sent_at, m.changed_at) >= \(since)
             GROUP BY t.uid, m.audience_id, m.cause_id
            """
        ) { row in
            let audience: UUID? = try row["audience_id"]
            let cause: String = try row["cause_id"]
            return (person: try row["uid"] as UID, sending: audience?.wire ?? cause, at: try row["at"] as Date)
        }
        return Dictionary(grouping: rows, by: \.person)
            .mapValues { rows in Dictionary(rows.map { ($0.sending, $0.at) }) { max($0, $1) } }
    }
}
