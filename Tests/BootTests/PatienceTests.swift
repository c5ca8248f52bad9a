import Messaging
import Postgres
import TestSupport
import Testing

@testable import Boot

@Suite("What a service does before it begins")
struct PatienceTests {
    @Test("is done again when the database is restarted in the middle of it")
    func again() async throws {
        try await withSpine("sales") { spine in
            var attempts = 0
            let seen: Int32? = try await Patience(logger: spine.logger, pause: .zero) {
                attempts += 1
                let isFirst = attempts == 1
                return try await spine.database.transaction { tx in
                    if isFirst { try await tx.execute("SELECT pg_terminate_backend(pg_backend_pid())") }
                    return try await tx.first("SELECT 7 AS seven") { try $0["seven"] }
                }
            }
            #expect(seen == 7)
            #expect(attempts == 2)
        }
    }

    @Test("ends at once when trying again would not help, and after the last attempt when it might have")
    func ends() async throws {
        try await withSpine("sales") { spine in
            for (statement, attempts) in [("SELECT 1 / 0", 1), ("SELECT pg_terminate_backend(pg_backend_pid())", 3)] {
                var made = 0
                await #expect(throws: PostgresError.self) {
                    try await Patience(logger: spine.logger, attempts: 2, pause: .zero) {
                        made += 1
                        try await spine.database.transaction { tx in try await tx.script(statement) }
                    }
                }
                #expect(made == attempts, "\(statement)")
            }
        }
    }
}
