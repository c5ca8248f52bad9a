import Foundation
import Logging
import Postgres
import Testing

/// Every suite gives up after this long instead of hanging.
let patience = TimeLimitTrait.Duration.minutes(10)

/// The address of the test server, whose role may do everything.
func testURL() throws -> String {
    try #require(
        ProcessInfo.processInfo.environment["LINTEL_TEST_DATABASE_URL"],
        "LINTEL_TEST_DATABASE_URL must name a scratch database: run the tests with `make test`"
    )
}

/// Runs `body` on a database whose tables go into a schema of their own, which is dropped afterwards.
func withDatabase<Result: Sendable>(
    _ configuration: Database.Configuration? = nil,
    _ body: (Database) async throws -> Result
) async throws -> Result {
    let schema = "test_\(UUID().uuidString.lowercased().prefix(13))"
    var configuration = try configuration ?? configured { _ in }
    let administration = Database(try configured { _ in }, logger: quiet)
    try await administration.transaction { try await $0.script("CREATE SCHEMA \"\(schema)\"") }
    configuration.schema = schema
    let database = Database(configuration, logger: quiet)
    let result: Swift.Result<Result, any Error>
    do {
        result = .success(try await body(database))
    } catch {
        result = .failure(error)
    }
    await database.close()
    try await administration.transaction { try await $0.script("DROP SCHEMA \"\(schema)\" CASCADE") }
    await administration.close()
    return try result.get()
}

/// The configuration for the test server, changed.
func configured(_ change: (inout Database.Configuration) -> Void) throws -> Database.Configuration {
    var configuration = Database.Configuration(url: try testURL())
    change(&configuration)
    return configuration
}

/// A logger that shows only what is wrong.
var quiet: Logger {
    var logger = Logger(label: "test")
    logger.logLevel = .warning
    return logger
}

extension Database {
    /// The backend that serves the next transaction.
    func backend() async throws -> Int {
        try #require(
            try await transaction { try await $0.first("SELECT pg_backend_pid() AS pid") { try $0["pid"] } }
        )
    }

    /// Ends another session, and returns when it is gone.
    func terminate(_ backend: Int) async throws {
        let isGone: Bool? = try await transaction {
            try await $0.first("SELECT pg_terminate_backend(\(Int32(backend)), 60000) AS gone") { try $0["gone"] }
        }
        #expect(isGone == true)
    }

    func count(_ table: SQL) async throws -> Int {
        try #require(
            try await read { try await $0.first("SELECT count(*) AS n FROM " + table) { try $0["n"] } }
        )
    }
}

/// Checks again and again, for a minute at most.
func eventually(_ condition: () async throws -> Bool) async throws {
    let deadline = ContinuousClock.now + .seconds(60)
    while try await !condition() {
        try #require(ContinuousClock.now < deadline, "it did not happen within a minute")
        try await Task.sleep(for: .milliseconds(10))
    }
}

/// The error that `body` throws, which must be PostgreSQL's.
func postgresError<Result>(
    _ location: SourceLocation = #_sourceLocation,
    _ body: () async throws -> Result
) async throws -> PostgresError {
    do {
        _ = try await body()
    } catch let error as PostgresError {
        return error
    }
    Issue.record("no error was thrown", sourceLocation: location)
    return PostgresError(message: "none")
}
