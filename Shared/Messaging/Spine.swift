import Contracts
import Foundation
public import Logging
public import Postgres

/// What a service stands on: its database, its clock, and the way to do work in it.
public struct Spine: Sendable {
    /// `leads`, `sales`, `service`, `notify`: the first part of the names of its messages and queues.
    public let service: String
    public let database: Database
    public let clock: ServiceClock
    public let logger: Logger
    /// Poked after every commit that filled the outbox.
    public let outboxSignal = Signal()
    let freshEvents = FreshEvents()
    /// What this process has committed, for whoever shows it.
    public let committed = CommittedEvents()
    /// Tells this process from the others of the same service, and stays the same when it is started again.
    public let replica: String
    /// Poked, for an inlet's queue, when a message was parked or is to be handled again.
    let retrySignals = SignalBoard()
    /// Told of every timer that is due sooner than the loops mean to sleep.
    let timerAlarms = TimerAlarms()
    /// Whether more comes in that somebody waits for than can be seen to at once.
    public let rush = Rush(by: ContinuousClock())
    let projections: [Projection]
    let pace: Pace

    public init(
        service: String,
        database: Database,
        clock: ServiceClock,
        projections: [Projection] = [],
        pace: Pace = .prompt,
        replica: String? = nil,
        logger: Logger
    ) {
        self.service = service
        self.database = database
        self.clock = clock
        self.projections = projections
        self.pace = pace
        self.replica = replica ?? UUID.v7().wire
        self.logger = logger
    }

    /// Does work in one transaction; what it published and the timers it set commit with it or not at all.
    ///
    /// A lost race (serialization, deadlock, lock timeout) is run again, up to five times, so `body` must have no effect
    /// outside of the transaction.
    /// - Throws: whatever `body` throws.
    @discardableResult
    public func perform<Result: Sendable>(
        _ cause: Cause,
        _ body: @Sendable (Work) async throws -> Result
    ) async throws -> Result {
        let (result, hooks) = try await retryingLostRaces {
            let hooks = CommitHooks()
            let result = try await database.transaction { tx in
                let result = try await body(Work(tx: tx, now: clock.now, cause: cause, spine: self, hooks: hooks))
                if !cause.isSystem { Failpoint.hit("request.before-commit") }
                return result
            }
            return (result, hooks)
        }
        if !cause.isSystem { Failpoint.hit("request.after-commit") }
        hooks.run(for: self)
        return result
    }

    /// Reads in one read-only transaction.
    public func read<Result: Sendable>(
        _ body: @Sendable (Transaction) async throws -> Result
    ) async throws -> Result {
        try await database.read(body)
    }

    /// Sets the clock forward and wakes every timer that has become due.
    ///
    /// For development systems only.
    public func advanceClock(bySeconds interval: Double) async throws {
        try await clock.advance(by: interval, in: database)
        timerAlarms.wakeAll()
    }
}

/// Runs `body` again while it loses races, up to five times with 20 to 500 ms of full jitter between.
func retryingLostRaces<Result>(_ body: () async throws -> Result) async throws -> Result {
    var attempt = 1
    while true {
        do {
            return try await body()
        } catch {
            guard error.databaseRetry == .immediately, attempt < 5 else { throw error }
            attempt += 1
            try await Task.sleep(for: .milliseconds(Int.random(in: 20...(100 * attempt))))
        }
    }
}
