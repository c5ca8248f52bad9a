public import Logging
public import ServiceLifecycle

/// A pool of connections to one PostgreSQL database.
///
/// Every connection is an actor on a thread of its own. `run()` keeps the pool healthy until shutdown; statements may
/// be sent before it runs.
public final class Database: Service {
    /// Where the database is and how it is used.
    public struct Configuration: Sendable {
        /// `postgresql://user:password@host:port/database?…` as libpq reads it.
        public var url: String
        /// Connections at most.
        public var poolSize = 8
        /// How long a caller waits for a free connection.
        public var acquireTimeout: Duration = .seconds(10)
        /// `statement_timeout` of every session.
        public var statementTimeout: Duration = .seconds(30)
        /// `lock_timeout` of every session.
        public var lockTimeout: Duration = .seconds(10)
        /// `idle_in_transaction_session_timeout` of every session.
        public var idleInTransactionTimeout: Duration = .seconds(60)
        /// The first entry of `search_path`, when it differs from the role's own.
        public var schema: String?
        /// Shown in `pg_stat_activity`.
        public var applicationName = "lintel"

        public init(url: String) { self.url = url }
    }

    public init(_ configuration: Configuration, logger: Logger) {}

    public func run() async throws { unwritten() }

    /// Runs `body` in one transaction: commits when it returns, rolls back when it throws, and rethrows its own error.
    /// - Throws: ``PostgresError``; one with ``PostgresError/isUnknownCommit`` when the answer to COMMIT was lost.
    public func transaction<Result: Sendable>(
        _ body: @Sendable (Transaction) async throws -> Result
    ) async throws -> Result { unwritten() }

    /// Runs `body` in one read-only transaction.
    public func read<Result: Sendable>(
        _ body: @Sendable (Transaction) async throws -> Result
    ) async throws -> Result { unwritten() }

    /// Opens a connection outside the pool, for what lives in a session: advisory locks and LISTEN.
    public func session() async throws -> Session { unwritten() }

    /// Closes every connection. Called by `run()` at shutdown; tests and commands that do not run it call it themselves.
    public func close() async { unwritten() }
}

/// An open transaction. Valid only inside the closure that it was handed to.
public struct Transaction: Sendable {
    /// Runs a statement and returns how many rows it changed.
    @discardableResult
    public func execute(_ sql: SQL) async throws -> Int { unwritten() }

    /// Runs a query and returns its rows.
    public func rows(_ sql: SQL) async throws -> [Row] { unwritten() }

    /// Runs a query and maps its rows.
    public func all<Value>(_ sql: SQL, as map: (Row) throws -> Value) async throws -> [Value] { unwritten() }

    /// Runs a query and maps its first row, if there is one.
    public func first<Value>(_ sql: SQL, as map: (Row) throws -> Value) async throws -> Value? { unwritten() }

    /// Sends several statements in one round trip and returns the rows of each.
    public func pipeline(_ statements: [SQL]) async throws -> [[Row]] { unwritten() }

    /// Runs several statements without parameters: migrations.
    public func script(_ text: String) async throws { unwritten() }

    /// Copies rows into a table (COPY … FROM STDIN, binary) and returns how many.
    @discardableResult
    public func copy(into table: String, columns: [String], rows: [[any PostgresBindable]]) async throws -> Int {
        unwritten()
    }
}

/// A connection outside the pool.
public final class Session: Sendable {
    /// Takes a session-level advisory lock if nobody has it. Locks stack: ask once.
    public func tryLock(_ key: Int64) async throws -> Bool { unwritten() }
    /// Whether the connection still answers.
    public func isAlive() async -> Bool { unwritten() }
    /// Runs a single statement outside a transaction (autocommit).
    @discardableResult
    public func rows(_ sql: SQL) async throws -> [Row] { unwritten() }
    /// LISTENs and yields the payloads; ends when the connection is lost or closed. Anything sent meanwhile is missed.
    public func notifications(on channel: String) async throws -> AsyncStream<String> { unwritten() }
    public func close() async { unwritten() }
}
