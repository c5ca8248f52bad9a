import Contracts
public import Foundation
public import Postgres
import Synchronization

/// The time as a service sees it: the database's, carried on by a clock that nobody can set, and set forward by an
/// offset on development systems.
///
/// All replicas agree about it, and a jump of a host's own clock changes nothing. The offset is kept in the service's
/// schema, so that it survives a restart; other replicas read it within seconds.
public final class ServiceClock: Sendable {
    /// The database's time at an instant of this process.
    private struct Reading {
        let time: Date
        let instant: ContinuousClock.Instant
    }

    private struct State {
        var reading: Reading?
        /// In seconds.
        var offset = 0.0
    }

    private let state = Mutex(State())
    private let host: @Sendable () -> Date
    private let monotonic: @Sendable () -> ContinuousClock.Instant

    /// `host` is asked only until the database was read for the first time.
    public init(
        host: @escaping @Sendable () -> Date = { Date() },
        monotonic: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.host = host
        self.monotonic = monotonic
    }

    /// Now, to the millisecond, which is what the wire keeps.
    public var now: Date {
        let state = state.withLock { $0 }
        return time(of: state.reading, at: monotonic()).addingTimeInterval(state.offset).toMilliseconds(.down)
    }

    /// How far the clock was set forward, in seconds.
    public var offset: Double { state.withLock { $0.offset } }

    private func time(of reading: Reading?, at instant: ContinuousClock.Instant) -> Date {
        guard let reading else { return host() }
        return reading.time.addingTimeInterval(reading.instant.duration(to: instant).seconds)
    }

    /// Reads the database's time and the stored offset.
    ///
    /// To be repeated now and then, since no two clocks go alike.
    public func load(from database: Database) async throws {
        let read = try await database.read { tx in
            // The transaction stands already: what is measured is one question and its answer.
            let asked = monotonic()
            let row = try await tx.first(
                "SELECT clock_timestamp() AS time, (SELECT seconds FROM clock_offset) AS seconds"
            ) { (time: try $0["time"] as Date, seconds: try $0["seconds"] as Double?) }
            return (row, asked, monotonic())
        }
        guard let row = read.0 else { throw PostgresError(message: "a clock without a time") }
        take(row.time, asked: read.1, answered: read.2, offset: row.seconds ?? 0)
    }

    /// The database has read its clock somewhere between question and answer.
    ///
    /// What goes on already is kept while it lies between the two: the clock need not tremble with the network.
    private func take(
        _ time: Date,
        asked: ContinuousClock.Instant,
        answered: ContinuousClock.Instant,
        offset: Double
    ) {
        let half = asked.duration(to: answered) / 2
        let reading = Reading(time: time, instant: asked + half)
        state.withLock { state in
            state.offset = offset
            if let known = state.reading {
                let error = self.time(of: known, at: reading.instant).timeIntervalSince(time)
                if abs(error) <= half.seconds + 0.001 { return }
            }
            state.reading = reading
        }
    }

    /// Sets the clock forward for good.
    ///
    /// There is no way back: what has happened has happened.
    public func advance(by interval: Double, in database: Database) async throws {
        _ = try await database.transaction { tx in
            try await tx.execute(
                """
                INSERT INTO clock_offset (is_only, seconds) VALUES (true, \(interval))
                ON CONFLICT (is_only) DO UPDATE SET seconds = clock_offset.seconds + EXCLUDED.seconds
                """
            )
        }
        try await load(from: database)
    }
}
