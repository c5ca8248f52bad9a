public import Foundation
import Postgres

/// What an operator wants to know of a service's spine at a glance.
public struct SpineState: Sendable {
    public let backlog: Backlog
    public let timers: TimerState
    /// Those that will be tried again the soonest.
    public let retries: [RetryState]
    public let letters: [DeadLetterGroup]

    public init(backlog: Backlog, timers: TimerState, retries: [RetryState], letters: [DeadLetterGroup]) {
        self.backlog = backlog
        self.timers = timers
        self.retries = retries
        self.letters = letters
    }
}

/// How the promises of a service stand.
public struct TimerState: Sendable {
    /// Those that should have fired by now.
    public let due: Int
    /// Those whose handler failed, and which will be tried again.
    public let failing: Int
    public let nextAt: Date?

    public init(due: Int, failing: Int, nextAt: Date?) {
        self.due = due
        self.failing = failing
        self.nextAt = nextAt
    }
}

/// A message that failed and will be tried again.
public struct RetryState: Sendable {
    public let inlet: String
    public let name: String?
    public let attempts: Int
    public let nextAt: Date
    public let error: String?

    public init(inlet: String, name: String?, attempts: Int, nextAt: Date, error: String?) {
        self.inlet = inlet
        self.name = name
        self.attempts = attempts
        self.nextAt = nextAt
        self.error = error
    }
}

extension Spine {
    /// Looks at everything that waits.
    public func state() async throws -> SpineState {
        let now = clock.now
        let backlog = try await backlog()
        return try await read { tx in
            let timers = try await tx.first(
                """
                SELECT (SELECT count(*) FROM timers
                         WHERE coalesce(retry_at, due_at) <= \(now) AND NOT makes_way) AS due,
                       (SELECT count(*) FROM timers WHERE attempts > 0) AS failing,
                       (SELECT min(coalesce(retry_at, due_at)) FROM timers WHERE coalesce(retry_at, due_at) > \(now)) AS next
                """
            ) { row in
                TimerState(due: try row["due"], failing: try row["failing"], nextAt: try row["next"])
            }
            let retries = try await tx.all(
                """
                SELECT inlet, name, attempts::bigint AS attempts, next_at, error FROM retries
                 WHERE attempts > 0 ORDER BY next_at, id LIMIT 5
                """
            ) { row in
                RetryState(
                    inlet: try row["inlet"],
                    name: try row["name"],
                    attempts: try row["attempts"],
                    nextAt: try row["next_at"],
                    error: try row["error"]
                )
            }
            return SpineState(
                backlog: backlog,
                timers: timers ?? TimerState(due: 0, failing: 0, nextAt: nil),
                retries: retries,
                letters: try await DeadLetterStore(tx).groups()
            )
        }
    }
}
