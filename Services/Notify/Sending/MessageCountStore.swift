import Foundation
import Postgres

/// Counts messages for the metrics.
struct MessageCountStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    /// Messages that somebody waits for and that wait for their next attempt, and the age of the oldest in seconds, by
    /// channel.
    func waiting(at now: Date) async throws -> [String: (count: Int, oldest: Double)] {
        let rows = try await tx.all(
            """
            SELECT channel, count(*) AS waiting,
                   greatest(0, extract(epoch FROM \(now) - min(created_at)))::float8 AS oldest
              FROM messages WHERE state = 'queued' AND cause_name <> ALL(\(Message.marketing)::text[]) GROUP BY channel
            """
        ) { row in
            (try row["channel"] as String, (count: try row["waiting"] as Int, oldest: try row["oldest"] as Double))
        }
        return Dictionary(uniqueKeysWithValues: rows)
    }

    /// Marketing that is to be sent, and how much of it waits for the end of the quiet hours, by channel.
    func marketing(at now: Date) async throws -> [String: (count: Int, held: Int)] {
        let rows = try await tx.all(
            """
            SELECT channel, count(*) AS waiting, count(*) FILTER (WHERE reason = 'quiet-hours' AND next_at > \(now)) AS held
              FROM messages WHERE state = 'queued' AND cause_name = ANY(\(Message.marketing)::text[]) GROUP BY channel
            """
        ) { (try $0["channel"] as String, (count: try $0["waiting"] as Int, held: try $0["held"] as Int)) }
        return Dictionary(uniqueKeysWithValues: rows)
    }

    /// Messages of which nobody knows whether they were sent.
    func unknown() async throws -> Int {
        try await tx.first("SELECT count(*) AS messages FROM messages WHERE state = 'unknown'") { try $0["messages"] }
            ?? 0
    }
}
