import Logging

/// A connection outside the pool.
public final class Session: Sendable {
    private let connection: Connection
    private let wake: Wake

    init(_ configuration: Database.Configuration, logger: Logger) async throws {
        wake = try Wake()
        connection = Connection(logger: logger)
        try await connection.connect(to: configuration)
    }

    /// Takes a session-level advisory lock if nobody has it.
    ///
    /// Locks stack: ask once.
    public func tryLock(_ key: Int64) async throws -> Bool {
        guard let row = try await rows("SELECT pg_try_advisory_lock(\(key)) AS taken").first else { return false }
        return try row["taken"]
    }

    /// Whether the connection still answers.
    public func isAlive() async -> Bool {
        wake.request()
        return await connection.answers(wake)
    }

    /// Runs a single statement outside a transaction (autocommit).
    @discardableResult
    public func rows(_ sql: SQL) async throws -> [Row] {
        let statement = try Statement(sql)
        wake.request()
        return try await connection.cuttable {
            try await connection.runAlone([statement], wake).first?.rows ?? []
        }
    }

    /// LISTENs and yields the payloads; ends when the connection is lost or closed.
    ///
    /// Anything sent meanwhile is missed.
    public func notifications(on channel: String) async throws -> AsyncStream<String> {
        try await rows(SQL(stringLiteral: "LISTEN \(SQL.quoted(channel))"))
        let (connection, wake, stop) = (connection, wake, StopFlag())
        return AsyncStream {
            while true {
                switch await connection.nextNotification(on: channel, wake, stop) {
                case .payload(let payload): return payload
                case .ended: return nil
                case .interrupted: await Task.yield()
                }
            }
        } onCancel: {
            stop.set()
            wake.nudge()
        }
    }

    public func close() async {
        wake.request()
        await connection.close(wake)
    }
}

extension Connection {
    fileprivate func answers(_ wake: Wake) -> Bool {
        wake.taken()
        return answers()
    }

    fileprivate func runAlone(_ statements: [Statement], _ wake: Wake) throws -> [ResultSet] {
        wake.taken()
        return try runAlone(statements)
    }

    fileprivate func close(_ wake: Wake) {
        wake.taken()
        close()
    }
}
