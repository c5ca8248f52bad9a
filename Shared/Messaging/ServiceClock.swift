public import Foundation
public import Postgres
import Synchronization

/// The time as a service sees it: the system's, set forward by an offset on development systems.
///
/// The offset is kept in the service's schema, so that it survives a restart; other replicas read it within seconds.
public final class ServiceClock: Sendable {
    private let seconds = Mutex(0.0)

    public init() {}

    /// Now, to the millisecond, which is what the wire keeps.
    public var now: Date { Date(timeIntervalSinceNow: offset).toMillisecondsOfClock }

    /// How far the clock was set forward, in seconds.
    public var offset: Double { seconds.withLock { $0 } }

    /// Reads the stored offset.
    public func load(from database: Database) async throws {
        let stored: Double? = try await database.read { tx in
            try await tx.first("SELECT seconds FROM clock_offset") { try $0["seconds"] }
        }
        seconds.withLock { $0 = stored ?? 0 }
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

extension Date {
    fileprivate var toMillisecondsOfClock: Date {
        Date(timeIntervalSince1970: (timeIntervalSince1970 * 1_000).rounded(.down) / 1_000)
    }
}
