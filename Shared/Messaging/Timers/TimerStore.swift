import Contracts
import Foundation
import Postgres

/// The SQL of taking timers that are due.
struct TimerStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    /// Who waits for a timer.
    enum Lane: Sendable, CaseIterable {
        case prompt
        /// Nobody: it makes way.
        case aside

        fileprivate var condition: SQL { self == .aside ? "makes_way" : "NOT makes_way" }
    }

    struct ID: Sendable {
        let kind: String
        let key: String
    }

    /// Removes what is due and hands it over, the oldest first; what another replica is just firing is left to it.
    ///
    /// By their places, which the lock keeps them in: their keys would be looked for a second time, all over the index.
    func takeDue(_ kinds: [String], _ lane: Lane, at now: Date, atMost limit: Int) async throws -> [DueTimer] {
        let taken = try await tx.all(
            """
            DELETE FROM timers
             WHERE ctid = ANY(ARRAY(SELECT ctid
                                      FROM timers
                                     WHERE coalesce(retry_at, due_at) <= \(now) AND kind = ANY(\(kinds)::text[])
                                       AND \(lane.condition)
                                     ORDER BY coalesce(retry_at, due_at)
                                     LIMIT \(limit)
                                       FOR UPDATE SKIP LOCKED))
            RETURNING kind, key, due_at, payload, correlation_id
            """,
            as: TimerStore.timer
        )
        return taken.sorted { $0.dueAt < $1.dueAt }
    }

    /// What is due, without touching it.
    func due(_ kinds: [String], _ lane: Lane, at now: Date, atMost limit: Int) async throws -> [ID] {
        try await tx.all(
            """
            SELECT kind, key
              FROM timers
             WHERE coalesce(retry_at, due_at) <= \(now) AND kind = ANY(\(kinds)::text[]) AND \(lane.condition)
             ORDER BY coalesce(retry_at, due_at)
             LIMIT \(limit)
            """
        ) { ID(kind: try $0["kind"], key: try $0["key"]) }
    }

    /// Removes one timer, if it is still there, still due and nobody else's.
    func take(_ id: ID, at now: Date) async throws -> DueTimer? {
        try await tx.first(
            """
            WITH due AS (
                SELECT kind, key
                  FROM timers
                 WHERE kind = \(id.kind) AND key = \(id.key) AND coalesce(retry_at, due_at) <= \(now)
                   FOR UPDATE SKIP LOCKED
            )
            DELETE FROM timers t USING due
             WHERE t.kind = due.kind AND t.key = due.key
            RETURNING t.kind, t.key, t.due_at, t.payload, t.correlation_id
            """,
            as: TimerStore.timer
        )
    }

    /// Puts a failed timer off: 1 s, doubled with every failure, an hour at most.
    ///
    /// It is never given up.
    func postpone(_ id: ID, error: String, from now: Date) async throws {
        try tx.later(
            """
            UPDATE timers
               SET attempts = attempts + 1, last_error = \(error.withoutNUL),
                   retry_at = \(now) + least(interval '1 hour', interval '1 second' * power(2, least(attempts, 12)))
             WHERE kind = \(id.kind) AND key = \(id.key)
            """
        )
    }

    /// When the next timer is due.
    func nextDue(_ kinds: [String], _ lane: Lane) async throws -> Date? {
        let rows = try await tx.rows(
            """
            SELECT coalesce(retry_at, due_at) AS due
              FROM timers
             WHERE kind = ANY(\(kinds)::text[]) AND \(lane.condition)
             ORDER BY coalesce(retry_at, due_at)
             LIMIT 1
            """
        )
        return try rows.first.map { try $0["due"] }
    }

    private static func timer(_ row: Row) throws -> DueTimer {
        let kind: String = try row["kind"]
        return DueTimer(
            kind,
            key: try row["key"],
            dueAt: try row["due_at"],
            cause: Cause(actor: DueTimer.actor(of: kind), correlationID: try row["correlation_id"]),
            payload: try row["payload"]
        )
    }
}
