import Foundation
import Postgres
import Testing

@Suite("Transactions", .timeLimit(patience))
struct TransactionTests {
    private struct Refusal: Error, Equatable { let reason: String }

    private func withTable(
        _ configuration: Database.Configuration? = nil,
        _ body: (Database) async throws -> Void
    ) async throws {
        try await withDatabase(configuration) { database in
            try await database.transaction {
                try await $0.script("CREATE TABLE units (id int CONSTRAINT units_once PRIMARY KEY, price int)")
            }
            try await body(database)
        }
    }

    @Test("what the body throws is rethrown as it is, and nothing is stored")
    func rollback() async throws {
        try await withTable { database in
            await #expect(throws: Refusal(reason: "sold")) {
                try await database.transaction { transaction in
                    try await transaction.execute("INSERT INTO units VALUES (1, 1)")
                    throw Refusal(reason: "sold")
                }
            }
            let stored = try await database.count("units")
            #expect(stored == 0)
        }
    }

    @Test("a body that sends nothing costs nothing and returns its value")
    func empty() async throws {
        let seven = try await withDatabase { try await $0.transaction { _ in 7 } }
        #expect(seven == 7)
    }

    @Test("a transaction inside a transaction is an error instead of a deadlock")
    func nested() async throws {
        try await withTable(try configured { $0.poolSize = 1 }) { database in
            let error = try await postgresError {
                try await database.transaction { _ in try await database.read { _ in } }
            }
            #expect(error.retry == .never)
            #expect(try await database.count("units") == 0)
        }
    }

    @Test("a transaction that is over takes no more statements")
    func escaped() async throws {
        try await withTable { database in
            let escaped = try await database.transaction { $0 }
            let error = try await postgresError { try await escaped.execute("INSERT INTO units VALUES (1, 1)") }
            #expect(error.message.contains("over"))
        }
    }

    @Test("reading cannot write, and says so without dropping connections")
    func readOnly() async throws {
        try await withTable { database in
            let error = try await postgresError {
                try await database.read { try await $0.execute("INSERT INTO units VALUES (1, 1)") }
            }
            #expect(error.sqlState == "25006")
            #expect(error.retry == .never)
        }
    }

    @Test("a body that swallows an error does not commit half of its work")
    func swallowed() async throws {
        try await withTable { database in
            let error = try await postgresError {
                try await database.transaction { transaction in
                    try await transaction.execute("INSERT INTO units VALUES (1, 1)")
                    _ = try? await transaction.execute("SELECT 1/0")
                }
            }
            #expect(error.sqlState == "22012")
            #expect(!error.isUnknownCommit)
            #expect(try await database.count("units") == 0)
        }
    }

    @Test("a unique violation carries the constraint's name and no values")
    func unique() async throws {
        try await withTable { database in
            let error = try await postgresError {
                try await database.transaction { transaction in
                    for _ in 0..<2 { try await transaction.execute("INSERT INTO units VALUES (4711, 1)") }
                }
            }
            #expect(error.sqlState == "23505")
            #expect(error.constraint == "units_once")
            #expect(error.retry == .never)
            #expect(!error.description.contains("4711"))
        }
    }

    @Test("a constraint that is checked at the end fails the commit, which is then known")
    func deferred() async throws {
        try await withTable { database in
            let error = try await postgresError {
                try await database.transaction { transaction in
                    try await transaction.script(
                        "CREATE TABLE holds (unit int REFERENCES units DEFERRABLE INITIALLY DEFERRED)"
                    )
                    try await transaction.execute("INSERT INTO holds VALUES (9)")
                }
            }
            #expect(error.sqlState == "23503")
            #expect(!error.isUnknownCommit)
        }
    }

    @Test("a statement for later is done before the next one, and with COMMIT at the latest")
    func later() async throws {
        try await withTable { database in
            try await database.transaction { transaction in
                try transaction.later("INSERT INTO units VALUES (1, 1)")
                #expect(try await transaction.rows("SELECT id FROM units").count == 1)
                try transaction.later("INSERT INTO units VALUES (2, 1)")
                try transaction.later("UPDATE units SET price = price + id")
            }
            #expect(try await database.count("units") == 2)
            try await database.transaction { transaction in try transaction.later("DELETE FROM units WHERE price = 3") }
            #expect(try await database.count("units") == 1)
        }
    }

    @Test("a statement for later is not sent when the body throws, and goes before a script")
    func laterAndNever() async throws {
        try await withTable { database in
            await #expect(throws: Refusal(reason: "sold")) {
                try await database.transaction { transaction in
                    try transaction.later("INSERT INTO units VALUES (1, 1)")
                    throw Refusal(reason: "sold")
                }
            }
            try await database.transaction { transaction in
                try transaction.later("INSERT INTO units VALUES (2, 1)")
                try await transaction.script("DELETE FROM units; INSERT INTO units VALUES (3, 1)")
            }
            #expect(try await database.count("units") == 1)
        }
    }

    @Test("a statement for later that fails with COMMIT takes all with it, which is known, and the connection stays")
    func laterFails() async throws {
        try await withTable(try configured { $0.poolSize = 1 }) { database in
            let error = try await postgresError {
                try await database.transaction { transaction in
                    try await transaction.execute("INSERT INTO units VALUES (1, 1)")
                    for _ in 0..<2 { try transaction.later("INSERT INTO units VALUES (2, 1)") }
                }
            }
            #expect(error.sqlState == "23505" && error.constraint == "units_once")
            #expect(!error.isUnknownCommit)
            #expect(try await database.count("units") == 0)
        }
    }

    @Test("a big statement for later is at work before anybody asks for more")
    func laterAhead() async throws {
        try await withTable { database in
            try await database.transaction { transaction in
                try transaction.later("SELECT pg_advisory_xact_lock(4711), \(Self.big)")
                let other = try await database.session()
                try await eventually {
                    try await other.rows("SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid = 4711").count == 1
                }
                await other.close()
                try transaction.later("INSERT INTO units VALUES (1, 1)")
                #expect(try await transaction.rows("SELECT id FROM units").count == 1)
            }
            #expect(try await database.count("units") == 1)
        }
    }

    @Test(
        "a big statement for later that fails is told by the next one, and the connection stays",
        arguments: [true, false]
    )
    func laterAheadFails(asksForMore: Bool) async throws {
        try await withTable(try configured { $0.poolSize = 1 }) { database in
            let before: Int = try await Self.backend(database)
            let failure = await #expect(throws: (any Error).self) {
                try await database.transaction { transaction in
                    try transaction.later(
                        "INSERT INTO units SELECT 1, 1 FROM generate_series(1, 2) WHERE \(Self.big) <> ''"
                    )
                    if asksForMore { try await transaction.execute("INSERT INTO units VALUES (2, 1)") }
                    throw Refusal(reason: "sold")
                }
            }
            if asksForMore { #expect((failure as? PostgresError)?.sqlState == "23505") }
            #expect(try await database.count("units") == 0)
            #expect(try await Self.backend(database) == before)
        }
    }

    /// More than is put off without being sent.
    private static let big = String(repeating: "x", count: 100_000)

    private static func backend(_ database: Database) async throws -> Int {
        try await database.transaction { transaction in
            try await transaction.first("SELECT pg_backend_pid() AS pid") { try $0["pid"] } ?? 0
        }
    }

    @Test("a statement that takes too long is stopped by the server")
    func statementTimeout() async throws {
        // Making the table takes a slow machine a while, too.
        try await withTable(try configured { $0.statementTimeout = .seconds(2) }) { database in
            let error = try await postgresError {
                try await database.transaction { try await $0.execute("SELECT pg_sleep(20)") }
            }
            #expect(error.sqlState == "57014")
            #expect(try await database.count("units") == 0)
        }
    }

    @Test("a lock that others hold too long is worth another try at once")
    func lockTimeout() async throws {
        try await withTable(try configured { $0.lockTimeout = .milliseconds(500) }) { database in
            try await database.transaction { try await $0.execute("INSERT INTO units VALUES (1, 1)") }
            let holder = try await database.session()
            try await holder.rows("SELECT 1 FROM units")
            let error = try await database.transaction { transaction in
                try await transaction.execute("UPDATE units SET price = 2")
                return try await postgresError {
                    try await holder.rows("UPDATE units SET price = 3")
                }
            }
            #expect(error.sqlState == "55P03")
            #expect(error.retry == .immediately)
            await holder.close()
        }
    }

    @Test("of two serializable transactions that cannot both be, one is told to try again at once")
    func serialization() async throws {
        try await withTable { database in
            let other = try await database.session()
            let error = try await postgresError {
                try await database.transaction { transaction in
                    try await transaction.execute("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE")
                    _ = try await transaction.rows("SELECT count(*) FROM units")
                    try await other.rows("BEGIN ISOLATION LEVEL SERIALIZABLE")
                    try await other.rows("SELECT count(*) FROM units")
                    try await other.rows("INSERT INTO units VALUES (1, 1)")
                    try await other.rows("COMMIT")
                    try await transaction.execute("INSERT INTO units VALUES (2, 1)")
                }
            }
            #expect(error.sqlState == "40001")
            #expect(error.retry == .immediately)
            await other.close()
        }
    }

    @Test("a script cannot end the transaction that it runs in")
    func scriptThatCommits() async throws {
        try await withTable { database in
            let error = try await postgresError {
                try await database.transaction { try await $0.script("INSERT INTO units VALUES (1, 1); COMMIT") }
            }
            #expect(error.message.contains("script"))
            #expect(try await database.count("units") == 1)
        }
    }

    @Test("cancelling a task ends its statement at once, and the pool goes on")
    func cancellation() async throws {
        try await withTable(try configured { $0.poolSize = 1 }) { database in
            let start = ContinuousClock.now
            await #expect(throws: CancellationError.self) {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    let (started, signal) = AsyncStream<Void>.makeStream()
                    group.addTask {
                        try await database.transaction { transaction in
                            try await transaction.execute("INSERT INTO units VALUES (1, 1)")
                            signal.yield()
                            try await transaction.execute("SELECT pg_sleep(25)")
                        }
                    }
                    for await _ in started { break }
                    group.cancelAll()
                    try await group.waitForAll()
                }
            }
            #expect(ContinuousClock.now - start < .seconds(20))
            let stored = try await database.count("units")
            #expect(stored == 0)
        }
    }
}
