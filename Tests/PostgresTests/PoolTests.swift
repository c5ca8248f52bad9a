import Foundation
import Logging
import Postgres
import ServiceLifecycle
import Testing

@Suite("The pool", .timeLimit(patience))
struct PoolTests {
    @Test("when all connections are in use a caller waits, gets a clear error, and later a connection")
    func exhausted() async throws {
        try await withDatabase(
            try configured { configuration in
                configuration.poolSize = 2
                configuration.acquireTimeout = .milliseconds(200)
            }
        ) { database in
            let (taken, signal) = AsyncStream<Void>.makeStream()
            let gates = [AsyncStream<Void>.makeStream(), AsyncStream<Void>.makeStream()]
            try await withThrowingTaskGroup(of: Void.self) { group in
                for gate in gates {
                    group.addTask {
                        try await database.transaction { transaction in
                            try await transaction.execute("SELECT 1")
                            signal.yield()
                            for await _ in gate.stream { break }
                        }
                    }
                }
                var arrivals = taken.makeAsyncIterator()
                for _ in gates { await arrivals.next() }
                let error = try await postgresError { _ = try await database.transaction { _ in } }
                #expect(error.message.contains("2 connections"))
                #expect(error.retry == .whenReachable)
                for gate in gates { gate.continuation.finish() }
                try await group.waitForAll()
            }
            #expect(try await database.backend() > 0)
        }
    }

    @Test("a hundred callers share two connections, and each is served once")
    func queue() async throws {
        try await withDatabase(try configured { $0.poolSize = 2 }) { database in
            try await database.transaction { try await $0.script("CREATE TABLE calls (n int PRIMARY KEY, pid int)") }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for n in 0..<100 {
                    group.addTask {
                        _ = try await database.transaction {
                            try await $0.execute("INSERT INTO calls VALUES (\(n), pg_backend_pid())")
                        }
                    }
                }
                try await group.waitForAll()
            }
            let counts = try await database.read {
                try await $0.first("SELECT count(*) AS n, count(DISTINCT pid) AS pids FROM calls") {
                    (try $0["n"] as Int, try $0["pids"] as Int)
                }
            }
            #expect(counts?.0 == 100)
            #expect((counts?.1 ?? .max) <= 2)
        }
    }

    @Test("a caller that is cancelled while it waits leaves the queue")
    func cancelledWaiter() async throws {
        try await withDatabase(try configured { $0.poolSize = 1 }) { database in
            try await database.transaction { transaction in
                try await transaction.execute("SELECT 1")
                try await withoutTransaction {
                    await #expect(throws: CancellationError.self) {
                        try await withThrowingTaskGroup(of: Void.self) { group in
                            group.addTask { try await database.transaction { _ in } }
                            group.cancelAll()
                            try await group.waitForAll()
                        }
                    }
                }
            }
            #expect(try await database.backend() > 0)
        }
    }

    /// Runs `body` where the transaction of the current task is not seen: nesting would be refused.
    private func withoutTransaction(_ body: @escaping @Sendable () async -> Void) async throws {
        await Task.detached(operation: body).value
    }

    @Test("a backend that was terminated while idle is replaced, and its neighbours too")
    func terminatedWhileIdle() async throws {
        try await withDatabase { database in
            try await withDatabase { other in
                let backend = try await database.backend()
                try await other.terminate(backend)
                #expect(try await database.backend() != backend)
            }
        }
    }

    @Test("a backend that was terminated in a transaction fails it, and the next transaction works")
    func terminatedInTransaction() async throws {
        try await withDatabase { database in
            try await withDatabase { other in
                let error = try await postgresError {
                    try await database.transaction { transaction in
                        let backend = try await transaction.first("SELECT pg_backend_pid() AS pid") {
                            try $0["pid"] as Int
                        }
                        try await other.terminate(try #require(backend))
                        try await transaction.execute("SELECT 1")
                    }
                }
                #expect(error.retry == .whenReachable)
                #expect(!error.isUnknownCommit)
                #expect(try await database.backend() > 0)
            }
        }
    }

    @Test("a connection lost before COMMIT was sent is a failure, not an unknown commit")
    func terminatedBeforeCommit() async throws {
        try await withDatabase { database in
            try await withDatabase { other in
                try await database.transaction { try await $0.script("CREATE TABLE t (n int)") }
                let error = try await postgresError {
                    try await database.transaction { transaction in
                        try await transaction.execute("INSERT INTO t VALUES (1)")
                        let backend = try await transaction.first("SELECT pg_backend_pid() AS pid") {
                            try $0["pid"] as Int
                        }
                        try await other.terminate(try #require(backend))
                    }
                }
                #expect(error.sqlState == "57P01")
                #expect(!error.isUnknownCommit)
                #expect(try await database.count("t") == 0)
            }
        }
    }

    @Test("a server that is not there is an error that says to come back, without the password")
    func unreachable() async throws {
        let url = "postgresql://somebody:topsecret@127.0.0.1:1/nowhere"
        let database = Database(.init(url: url), logger: quiet)
        let error = try await postgresError {
            try await database.transaction { try await $0.execute("SELECT 1") }
        }
        #expect(error.retry == .whenReachable)
        #expect(!error.description.contains("topsecret"))
        let garbled = Database(.init(url: "postgresql://u:topsecret@host:port:x/?nonsense=1"), logger: quiet)
        let other = try await postgresError { try await garbled.transaction { _ in } }
        #expect(other.retry == .never)
        #expect(!other.description.contains("topsecret"))
    }

    @Test("every session has its time limits, its schema and UTC")
    func settings() async throws {
        try await withDatabase(
            try configured { configuration in
                configuration.statementTimeout = .seconds(7)
                configuration.lockTimeout = .seconds(3)
                configuration.idleInTransactionTimeout = .seconds(11)
                configuration.applicationName = "tests of the pool"
            }
        ) { database in
            let row = try #require(
                try await database.read {
                    try await $0.rows(
                        """
                        SELECT current_setting('statement_timeout') AS statement,
                               current_setting('lock_timeout') AS lock,
                               current_setting('idle_in_transaction_session_timeout') AS idle,
                               current_setting('application_name') AS name, current_setting('timezone') AS zone,
                               current_setting('tcp_user_timeout') AS server_side, current_schema()::text AS schema
                        """
                    ).first
                }
            )
            #expect(try row["statement"] == "7s")
            #expect(try row["lock"] == "3s")
            #expect(try row["idle"] == "11s")
            #expect(try row["name"] == "tests of the pool")
            #expect(try row["zone"] == "UTC")
            #expect(try (row["schema"] as String).hasPrefix("test_"))
        }
    }

    @Test("run() ends at graceful shutdown and closes the pool")
    func shutdown() async throws {
        try await withDatabase { database in
            _ = try await database.backend()
            let group = ServiceGroup(services: [database], logger: quiet)
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await group.run() }
                await group.triggerGracefulShutdown()
                try await tasks.waitForAll()
            }
            let error = try await postgresError { _ = try await database.backend() }
            #expect(error.message.contains("closed"))
        }
    }
}
