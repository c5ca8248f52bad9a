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

    private let configuration: Configuration
    private let logger: Logger
    private let pool: Pool

    /// The databases on which the current task has a transaction open.
    @TaskLocal private static var inTransaction: Set<ObjectIdentifier> = []

    public init(_ configuration: Configuration, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
        pool = Pool(configuration, logger: logger)
    }

    /// Renews connections that have lived long enough, and closes all at graceful shutdown.
    public func run() async throws {
        await cancelWhenGracefulShutdown { [pool] in
            while (try? await Task.sleep(for: .seconds(15))) != nil { await pool.retireExpired() }
        }
        await close()
    }

    /// Runs `body` in one transaction: commits when it returns, rolls back when it throws, and rethrows its own error.
    /// - Throws: ``PostgresError``; one with ``PostgresError/isUnknownCommit`` when the answer to COMMIT was lost.
    @discardableResult
    public func transaction<Result: Sendable>(
        _ body: @Sendable (Transaction) async throws -> Result
    ) async throws -> Result {
        try await transaction(readOnly: false, body)
    }

    /// Runs `body` in one read-only transaction.
    public func read<Result: Sendable>(
        _ body: @Sendable (Transaction) async throws -> Result
    ) async throws -> Result {
        try await transaction(readOnly: true, body)
    }

    private func transaction<Result: Sendable>(
        readOnly: Bool,
        _ body: @Sendable (Transaction) async throws -> Result
    ) async throws -> Result {
        let nested = Self.inTransaction
        // A second connection could wait for the first one's locks, or for a place in the pool, for ever.
        guard !nested.contains(ObjectIdentifier(self)) else {
            throw PostgresError.misuse("a transaction is open in this task already: use that one")
        }
        let (member, number) = try await pool.begin(readOnly: readOnly)
        let transaction = Transaction(connection: member.connection, number: number)
        do {
            let result = try await Self.$inTransaction.withValue(nested.union([ObjectIdentifier(self)])) {
                try await body(transaction)
            }
            await pool.giveBack(member, try await member.connection.commit(number, after: transaction.postponed))
            return result
        } catch {
            await pool.giveBack(member, await member.connection.rollback(number))
            throw error
        }
    }

    /// Opens a connection outside the pool, for what lives in a session: advisory locks and LISTEN.
    public func session() async throws -> Session { try await Session(configuration, logger: logger) }

    /// Closes every connection.
    ///
    /// Called by `run()` at shutdown; tests and commands that do not run it call it themselves.
    ///
    /// Connections in use are closed when their transaction ends.
    public func close() async { await pool.shutDown() }
}
