import Foundation
import Postgres
import Testing

@Suite("Pipelines and COPY", .timeLimit(patience))
struct PipelineTests {
    @Test("the rows of each statement come back in order")
    func order() async throws {
        try await withDatabase { database in
            let results = try await database.read {
                try await $0.pipeline([
                    "SELECT 1 AS n", "SELECT generate_series(1, \(3)) AS n", "SELECT 2 AS n WHERE false",
                ])
            }
            #expect(try results.map { try $0.map { try $0["n"] as Int } } == [[1], [1, 2, 3], []])
            #expect(try await database.transaction { try await $0.pipeline([]) }.isEmpty)
        }
    }

    @Test("an error in the middle is thrown, and the connection is used again")
    func errorInTheMiddle() async throws {
        try await withDatabase(try configured { $0.poolSize = 1 }) { database in
            let backend = try await database.backend()
            let error = try await postgresError {
                try await database.transaction {
                    _ = try await $0.pipeline(["CREATE TABLE t (n int)", "SELECT 1/0", "SELECT * FROM absent"])
                }
            }
            #expect(error.sqlState == "22012")
            #expect(try await database.backend() == backend)
        }
    }

    @Test("ten thousand statements with answers larger than every buffer do not deadlock")
    func huge() async throws {
        try await withDatabase { database in
            let question = String(repeating: "q", count: 2_000)
            let statements = (0..<10_000).map { "SELECT \($0) AS n, \(question) AS echo" as SQL }
            let results = try await database.read { try await $0.pipeline(statements) }
            #expect(results.count == 10_000)
            #expect(try results[9_999][0]["n"] == 9_999)
            #expect(try results[5_000][0]["echo"] == question)
        }
    }

    @Test("ten thousand rows are copied, NULLs and narrow numbers among them")
    func copy() async throws {
        try await withDatabase { database in
            try await database.transaction { transaction in
                try await transaction.script(
                    #"CREATE TABLE "odd ""name" (id uuid, n int, small smallint, note varchar(40), at timestamptz, data jsonb)"#
                )
                let moment = Date(timeIntervalSince1970: 1_790_000_000)
                let rows: [[any PostgresBindable]] = (0..<10_000).map { n in
                    [
                        UUID(), n, n % 100, n.isMultiple(of: 2) ? Optional("第\(n)") : nil, moment,
                        JSONText("{\"n\":\(n)}"),
                    ]
                }
                let columns = ["id", "n", "small", "note", "at", "data"]
                #expect(try await transaction.copy(into: "odd \"name", columns: columns, rows: rows) == 10_000)
                let row = try #require(
                    try await transaction.rows(
                        """
                        SELECT count(DISTINCT id) AS ids, sum(n) AS sum, count(note) AS notes, max(at) AS at,
                               sum((data->>'n')::int) AS in_json, max(small) AS small
                          FROM "odd ""name"
                        """
                    ).first
                )
                #expect(try row["ids"] == 10_000)
                #expect(try row["sum"] == 49_995_000)
                #expect(try row["in_json"] == 49_995_000)
                #expect(try row["notes"] == 5_000)
                #expect(try row["small"] == 99)
                #expect(try row["at"] == moment)
            }
        }
    }

    @Test("what cannot be copied is refused with row and column, and the transaction can be rolled back")
    func refusedCopy() async throws {
        try await withDatabase(try configured { $0.poolSize = 1 }) { database in
            try await database.transaction { try await $0.script("CREATE TABLE t (n smallint CHECK (n > 0), s text)") }
            let backend = try await database.backend()
            func error(_ rows: [[any PostgresBindable]]) async throws -> PostgresError {
                try await postgresError {
                    try await database.transaction {
                        _ = try await $0.copy(into: "t", columns: ["n", "s"], rows: rows)
                    }
                }
            }
            #expect(try await error([[1, "a"], [70_000, "b"]]).message.contains("row 1, column \"n\""))
            #expect(try await error([[1, true]]).message.contains("column \"s\""))
            #expect(try await error([[1]]).message.contains("row 0"))
            #expect(try await error([[1, "a\0"]]).message.contains("U+0000"))
            #expect(try await error([[0, "a"]]).constraint == "t_n_check")
            #expect(try await database.backend() == backend)
        }
    }

    @Test("encoding the arrays of a set-based insert takes a small part of what 10,000 rows a second allow")
    func encoding() async throws {
        let count = 500
        let columns: [any PostgresBindable] = [
            (0..<count).map { _ in UUID() },
            (0..<count).map { "客户 \($0)" },
            Array(0..<count),
            (0..<count).map { Date(timeIntervalSince1970: Double($0)) },
            (0..<count).map { JSONText("{\"n\":\($0)}") },
        ]
        var buffer: [UInt8] = []
        let rounds = 20
        var quickest = Double.infinity
        // This thread's own time in the best round, since the wall's depends on what else the machine is doing.
        for _ in 0..<rounds {
            let start = threadSeconds()
            buffer.removeAll(keepingCapacity: true)
            for column in columns { #expect(try column.encode(into: &buffer)) }
            quickest = min(quickest, threadSeconds() - start)
        }
        let microsecondsPerRow = quickest / Double(count) * 1_000_000
        print("encoding a row of five columns: \(microsecondsPerRow) µs")
        // About 5 when built for debugging; escaping array literals as text took fifty times that.
        #expect(microsecondsPerRow < 50)
        try await withDatabase { database in
            let stored = try await database.transaction { transaction in
                try await transaction.script(
                    "CREATE TABLE receipts (id uuid, name text, n bigint, at timestamptz, body jsonb)"
                )
                return try await transaction.execute(
                    """
                    INSERT INTO receipts
                    SELECT * FROM unnest(\(columns[0]), \(columns[1]), \(columns[2]), \(columns[3]), \(columns[4]))
                    """
                )
            }
            #expect(stored == count)
        }
    }

    private func threadSeconds() -> Double {
        // As two numbers: several modules have a `timespec`, and whose is found depends on what was built before.
        var time = (seconds: 0, nanoseconds: 0)
        withUnsafeMutablePointer(to: &time) { numbers in
            numbers.withMemoryRebound(to: timespec.self, capacity: 1) { _ = clock_gettime(CLOCK_THREAD_CPUTIME_ID, $0) }
        }
        return Double(time.seconds) + Double(time.nanoseconds) / 1e9
    }
}
