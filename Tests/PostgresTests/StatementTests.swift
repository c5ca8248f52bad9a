import Foundation
import Postgres
import Testing

@Suite("Statements", .timeLimit(patience))
struct StatementTests {
    @Test("text with U+0000 is refused before it is sent, and the parameter is named")
    func nul() async throws {
        try await withDatabase { database in
            try await database.transaction { transaction in
                let error = try await postgresError { try await transaction.execute("SELECT \(1), \("a\0b")") }
                #expect(error.message.contains("$2"))
                #expect(error.retry == .never)
                let inArray = try await postgresError { try await transaction.execute("SELECT \(["a", "\0"])") }
                #expect(inArray.message.contains("$1"))
                // Nothing was sent, so that the transaction goes on.
                #expect(try await transaction.rows("SELECT 1").count == 1)
            }
        }
    }

    @Test("what looks like SQL in a value stays a value")
    func injection() async throws {
        let attempts = ["'); DROP TABLE people; --", "$1", "\\'; DELETE FROM people; --", "\" OR 1=1", "/* */"]
        try await withDatabase { database in
            try await database.transaction { transaction in
                try await transaction.script("CREATE TABLE people (name text)")
                for attempt in attempts { try await transaction.execute("INSERT INTO people VALUES (\(attempt))") }
            }
            let names: [String] = try await database.read {
                try await $0.all("SELECT name FROM people ORDER BY ctid") { try $0["name"] }
            }
            #expect(names == attempts)
        }
    }

    @Test("pieces are put together with their values in order")
    func pieces() async throws {
        let status: SQL = " AND status = ANY(\(["new", "open"]))"
        let sql = "SELECT \(1) AS one WHERE \(true)" + " AND \("a") = \("a")" as SQL
        try await withDatabase { database in
            let found = try await database.read { try await $0.first(sql) { try $0["one"] as Int } }
            #expect(found == 1)
            try await database.transaction { transaction in
                try await transaction.script("CREATE TABLE deals (id int, status text)")
                try await transaction.execute("INSERT INTO deals VALUES (1, 'new'), (2, 'lost'), (3, 'open')")
                let ids: [Int] = try await transaction.all("SELECT id FROM deals WHERE id > \(1)\(status)") {
                    try $0["id"]
                }
                #expect(ids == [3])
            }
        }
    }

    @Test("a statement is prepared when it comes again, and says the same each time")
    func prepared() async throws {
        try await withDatabase { database in
            try await database.transaction { transaction in
                for round in 0..<10 {
                    let sum = try await transaction.first("SELECT \(round) + 1 AS sum") { try $0["sum"] as Int }
                    #expect(sum == round + 1)
                }
                // The same text with other types is another statement.
                #expect(try await transaction.first("SELECT \(Int16(1)) + 1 AS sum") { try $0["sum"] as Int } == 2)
                let prepared = try await transaction.rows("SELECT name FROM pg_prepared_statements")
                #expect(prepared.count == 1)
            }
        }
    }

    @Test("a connection keeps a bounded number of prepared statements")
    func bounded() async throws {
        try await withDatabase { database in
            try await database.transaction { transaction in
                for number in 0..<600 {
                    let sql = SQL(stringLiteral: "SELECT \(number) AS n")
                    for _ in 0..<2 {
                        #expect(try await transaction.first(sql) { try $0["n"] as Int } == number)
                    }
                }
                let kept = try await transaction.first("SELECT count(*) AS n FROM pg_prepared_statements") {
                    try $0["n"] as Int
                }
                #expect(try #require(kept) <= 257)
            }
        }
    }

    @Test("a statement whose preparation fails can be tried again")
    func failedPreparation() async throws {
        try await withDatabase { database in
            for _ in 0..<3 {
                let error = try await postgresError {
                    try await database.transaction { try await $0.execute("SELECT 1 FROM late") }
                }
                #expect(error.sqlState == "42P01")
            }
            try await database.transaction { try await $0.script("CREATE TABLE late (id int)") }
            for _ in 0..<3 { _ = try await database.transaction { try await $0.execute("SELECT 1 FROM late") } }
        }
    }

    @Test("execute says how many rows it changed")
    func affected() async throws {
        try await withDatabase { database in
            try await database.transaction { transaction in
                try await transaction.script("CREATE TABLE numbers (n int)")
                let ids = Array(1...500)
                #expect(try await transaction.execute("INSERT INTO numbers SELECT * FROM unnest(\(ids))") == 500)
                #expect(try await transaction.execute("DELETE FROM numbers WHERE n <= \(20)") == 20)
                #expect(try await transaction.execute("UPDATE numbers SET n = 0 WHERE false") == 0)
            }
        }
    }
}
