import Foundation
import Postgres
import Testing

@Suite("What is sent comes back", .timeLimit(patience))
struct ValueTests {
    /// Sends each value alone, the optional forms, and arrays with and without NULLs.
    private func expectRoundTrip<Value: PostgresBindable & PostgresDecodable & Equatable>(
        _ values: [Value],
        location: SourceLocation = #_sourceLocation
    ) async throws {
        let withNulls: [Value?] = [nil] + values.map(Optional.some) + [nil]
        try await withDatabase { database in
            try await database.read { transaction in
                for value in values {
                    let row = try #require(try await transaction.rows("SELECT \(value) AS value").first)
                    #expect(try row["value"] == value, sourceLocation: location)
                    #expect(try row["value"] == Optional(value), sourceLocation: location)
                }
                let row = try #require(
                    try await transaction.rows(
                        """
                        SELECT \(values) AS plain, \(withNulls) AS with_nulls, \([Value]()) AS empty,
                               \([Value?.none]) AS only_null, \(Value?.none) AS missing,
                               cardinality(\(withNulls)) AS length
                        """
                    ).first
                )
                #expect(try row["plain"] == values, sourceLocation: location)
                #expect(try row["with_nulls"] == withNulls, sourceLocation: location)
                #expect(try row["empty"] == [Value](), sourceLocation: location)
                #expect(try row["only_null"] == [Value?.none], sourceLocation: location)
                #expect(try row["missing"] == Value?.none, sourceLocation: location)
                #expect(try row["length"] == withNulls.count, sourceLocation: location)
            }
        }
    }

    @Test("whole numbers of every width, to their extremes")
    func wholeNumbers() async throws {
        let random = (0..<50).map { _ in Int.random(in: .min ... .max) >> Int.random(in: 0..<63) }
        try await expectRoundTrip([0, 1, -1, .min, .max] + random)
        try await expectRoundTrip([0, 1, -1, .min, .max] + random.map { Int64($0) })
        try await expectRoundTrip([0, 1, -1, .min, .max] + random.map { Int32(truncatingIfNeeded: $0) })
        try await expectRoundTrip([0, 1, -1, .min, .max] + random.map { Int16(truncatingIfNeeded: $0) })
    }

    @Test("floating-point numbers, the infinities among them")
    func doubles() async throws {
        let random = (0..<50).map { _ in Double(bitPattern: .random(in: 0...UInt64.max)) }.filter { !$0.isNaN }
        try await expectRoundTrip(
            [0, -0.5, .pi, .greatestFiniteMagnitude, .leastNonzeroMagnitude, .infinity, -.infinity] + random
        )
    }

    @Test("truth values")
    func bools() async throws { try await expectRoundTrip([true, false]) }

    @Test(
        "text in every script, with quotes, braces and backslashes",
        arguments: [["", " ", "NULL", "null", "{}", "a,b", #"\"#, #"\N"#, #"'; DROP TABLE leads; --"#]]
    )
    func text(_ nasty: [String]) async throws {
        let scripts = ["王小明", "שלום", "👩‍👩‍👧‍👦", "e\u{301}", "\u{FEFF}bom", "\u{10FFFF}", "\t\n\r\u{1}"]
        let long = String(repeating: "长", count: 300_000)
        try await expectRoundTrip(nasty + scripts + [long])
    }

    @Test("identifiers")
    func uuids() async throws {
        let zero = try #require(UUID(uuidString: "00000000-0000-0000-0000-000000000000"))
        try await expectRoundTrip([zero] + (0..<20).map { _ in UUID() })
    }

    @Test("bytes of every value")
    func bytes() async throws {
        try await expectRoundTrip([Bytes([]), Bytes([0]), Bytes(Array(0...255)), Bytes(Array("{\\x00}".utf8))])
    }

    @Test("JSON documents, as PostgreSQL prints them")
    func json() async throws {
        try await expectRoundTrip([JSONText("{}"), JSONText("[1, \"二\", null]"), JSONText("\"\""), JSONText("null")])
    }

    @Test("instants, to the microsecond and without drift")
    func dates() async throws {
        let microseconds = (0..<200).map { _ in Int64.random(in: -4_000_000_000_000_000...4_000_000_000_000_000) }
        let exact = microseconds.map { Date(timeIntervalSinceReferenceDate: Double($0) / 1_000_000) }
        try await expectRoundTrip([.distantPast, .distantFuture, Date(timeIntervalSince1970: 0)] + exact)
        try await withDatabase { database in
            try await database.read { transaction in
                // Sent and printed by the server: proves the number, not only the way there and back.
                let moment = Date(timeIntervalSince1970: 1_790_000_000.123456)
                let row = try #require(
                    try await transaction.rows(
                        """
                        SELECT \(moment)::text AS text, 'infinity'::timestamptz AS never,
                               '-infinity'::timestamptz AS ever, date '2026-11-22' AS day,
                               extract(epoch FROM \(moment) - timestamptz '2000-01-01 00:00Z')::text AS seconds
                        """
                    ).first
                )
                #expect(try row["text"] == "2026-09-21 14:13:20.123456+00")
                #expect(try row["never"] == Date.distantFuture)
                #expect(try row["ever"] == Date.distantPast)
                #expect(try row["day"] == Date(timeIntervalSince1970: 1_795_305_600))
                #expect(try row["seconds"] == "843315200.123456")
            }
        }
    }

    @Test("sums come as numeric and are read as numbers")
    func numeric() async throws {
        try await withDatabase { database in
            try await database.read { transaction in
                let row = try #require(
                    try await transaction.rows(
                        """
                        SELECT sum(x) AS sum, avg(x) AS mean, 0::numeric AS zero, -120000::numeric AS minus,
                               9223372036854775807::numeric AS largest, 9223372036854775808::numeric AS too_large,
                               -9223372036854775808::numeric AS smallest, 0.00012::numeric AS tiny,
                               'NaN'::numeric AS nan, 12345.6789::numeric AS fraction
                          FROM unnest(\([1, 2, 4])) AS x
                        """
                    ).first
                )
                #expect(try row["sum"] == 7)
                #expect(try abs(row["mean"] - 7.0 / 3) < 1e-12)
                #expect(try row["zero"] == 0)
                #expect(try row["minus"] == -120_000)
                #expect(try row["largest"] == Int.max)
                #expect(try row["smallest"] == Int.min)
                #expect(try row["tiny"] == 0.00012)
                #expect(try row["fraction"] == 12_345.6789)
                #expect(try (row["nan"] as Double).isNaN)
                #expect(throws: PostgresError.self) { try row["too_large"] as Int }
                #expect(throws: PostgresError.self) { try row["fraction"] as Int }
            }
        }
    }

    @Test("typed identifiers bind and decode as what they hold")
    func typed() async throws {
        let id = LeadID(rawValue: UUID())
        try await withDatabase { database in
            let read = try await database.read {
                try await $0.first("SELECT \([id]) AS ids") { try $0["ids"] as [LeadID] }
            }
            #expect(read == [id])
        }
    }

    @Test("a column that is missing, NULL or of another type is an error that names it, and no retry mends it")
    func misread() async throws {
        try await withDatabase { database in
            let row = try #require(
                try await database.read {
                    try await $0.rows("SELECT 70000 AS number, 'x' AS word, NULL::text AS nothing").first
                }
            )
            let errors = [
                #expect(throws: PostgresError.self) { try row["absent"] as String },
                #expect(throws: PostgresError.self) { try row["nothing"] as String },
                #expect(throws: PostgresError.self) { try row["word"] as Int },
                #expect(throws: PostgresError.self) { try row["number"] as Int16 },
                #expect(throws: PostgresError.self) { try row["word"] as [String] },
            ]
            for (error, name) in zip(errors, ["absent", "nothing", "word", "number", "word"]) {
                #expect(error?.message.contains("\"\(name)\"") == true)
                #expect(error?.retry == .never)
            }
        }
    }
}

private struct LeadID: RawRepresentable, PostgresBindable, PostgresDecodable, Equatable {
    let rawValue: UUID
}
