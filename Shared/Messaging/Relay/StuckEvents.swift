import Postgres

/// An event that the broker refused or gave back.
public struct StuckEvent: Sendable {
    /// Its position in the journal.
    public let position: Int64
    public let name: String
    public let subject: String
    /// How often it was tried.
    public let attempts: Int
    /// No queue is bound to it.
    public let isUnroutable: Bool
    /// The broker's words.
    public let error: String
    /// How many later events about the same subject wait behind it.
    public let followers: Int
}

extension Spine {
    /// What the broker did not take, the oldest first.
    public func stuckEvents(limit: Int = 100) async throws -> [StuckEvent] {
        try await read { tx in
            try await tx.all(
                """
                SELECT o.position, j.name, o.subject, o.attempts::bigint AS attempts, o.is_unroutable,
                       coalesce(o.last_error, '') AS error,
                       (SELECT count(*) FROM outbox later
                         WHERE later.subject = o.subject AND later.position > o.position) AS followers
                  FROM outbox o
                  JOIN journal j ON j.position = o.position AND j.recorded_at = o.recorded_at
                 WHERE o.attempts > 0
                 ORDER BY o.position
                 LIMIT \(limit)
                """
            ) { row in
                StuckEvent(
                    position: try row["position"],
                    name: try row["name"],
                    subject: try row["subject"],
                    attempts: try row["attempts"],
                    isUnroutable: try row["is_unroutable"],
                    error: try row["error"],
                    followers: try row["followers"]
                )
            }
        }
    }

    /// Has the relay try at once whatever the broker did not take; returns how many events that are.
    @discardableResult
    public func retryStuckEvents() async throws -> Int {
        try await perform(Cause(actor: "operator")) { work in
            let count = try await OutboxStore(work.tx).hurry(onlyUnroutable: false)
            work.hooks.wakeOutbox()
            return count
        }
    }
}
