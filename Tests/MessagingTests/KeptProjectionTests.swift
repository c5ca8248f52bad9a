import Foundation
import Postgres
import TestSupport
import Testing

@testable import Messaging

@Suite("Building again what follows from what is kept")
struct KeptProjectionTests {
    /// Things have a size; how many there are of each is counted a moment later, and each thing knows its place.
    private static let schema = """
        CREATE TABLE things (id bigint PRIMARY KEY, size text NOT NULL, place bigint, note text);
        CREATE TABLE thing_counts (size text PRIMARY KEY, things bigint NOT NULL, note text);
        CREATE TABLE new_things (size text NOT NULL);
        INSERT INTO things (id, size, note) SELECT n, CASE WHEN n % 3 = 0 THEN 'big' ELSE 'small' END, 'kept'
          FROM generate_series(1, 9) AS n;
        INSERT INTO thing_counts VALUES ('small', 6, 'kept'), ('big', 2, 'kept');
        INSERT INTO new_things VALUES ('big');
        UPDATE things SET place = id;
        """

    private static let counts = Projection(
        "counts",
        in: [ProjectionTable("thing_counts", ignoring: ["note"])],
        scratch: ["new_things"],
        settle: { work in
            try await work.tx.execute(
                """
                WITH taken AS (DELETE FROM new_things RETURNING size)
                UPDATE thing_counts c SET things = c.things + (SELECT count(*) FROM taken t WHERE t.size = c.size)
                """
            )
        },
        build: { work, _ in
            // As its own code would: what is new is counted.
            try await work.tx.execute("INSERT INTO new_things SELECT size FROM things")
            try await work.tx.execute(
                "INSERT INTO thing_counts (size, things) SELECT size, count(*) FROM new_things GROUP BY size"
            )
        }
    )

    private static let places = Projection("places", in: [ProjectionTable("things", only: ["place"])]) {
        work,
        originals in
        try await work.tx.execute(
            "INSERT INTO things (id, size, place) SELECT id, '', row_number() OVER (ORDER BY id) FROM \(originals["things"])"
        )
    }

    private func withThings(_ body: (Spine) async throws -> Void) async throws {
        try await withSpine("leads") { spine in
            _ = try await spine.database.transaction { try await $0.script(Self.schema) }
            try await body(spine)
        }
    }

    private func rows(_ table: SQL, _ spine: Spine) async throws -> [String] {
        try await spine.read { tx in
            try await tx.all("SELECT t::text AS row FROM \(table) t ORDER BY 1") { try $0["row"] }
        }
    }

    private func execute(_ sql: SQL, _ spine: Spine) async throws {
        _ = try await spine.database.transaction { try await $0.execute(sql) }
    }

    @Test("what only waits to be taken in is no difference, and a dry run takes in nothing")
    func settles() async throws {
        try await withThings { spine in
            let healthy = try await spine.rebuild(Self.counts, isDryRun: true)
            #expect(healthy.isSame)
            #expect(try await rows("new_things", spine).count == 1)
            #expect(try await spine.rebuild(Self.counts, isDryRun: false).isSame)
            #expect(try await rows("new_things", spine).isEmpty)
            #expect(try await rows("thing_counts", spine) == ["(big,3,kept)", "(small,6,kept)"])
        }
    }

    @Test("what was changed, lost or made up is named and mended; what is not the projection's stays")
    func mends() async throws {
        try await withThings { spine in
            try await execute("UPDATE thing_counts SET things = 60 WHERE size = 'small'", spine)
            try await execute("DELETE FROM thing_counts WHERE size = 'big'", spine)
            try await execute("INSERT INTO thing_counts VALUES ('huge', 1)", spine)
            let table = try #require(try await spine.rebuild(Self.counts, isDryRun: false).tables.first)
            let keys = table.examples.map { "\($0.what) \($0.key)" }
            #expect(keys == ["added big", "changed small (things)", "removed huge"])
            #expect(try await rows("thing_counts", spine) == ["(big,3,)", "(small,6,kept)"])
            #expect(try await rows("things", spine).count == 9)
        }
    }

    @Test("of columns in a table of facts only these are compared and written")
    func columns() async throws {
        try await withThings { spine in
            #expect(try await spine.rebuild(Self.places, isDryRun: true).isSame)
            let before = try await rows("things", spine)
            try await execute("UPDATE things SET place = NULL WHERE id > 7", spine)
            let table = try #require(try await spine.rebuild(Self.places, isDryRun: false).tables.first)
            #expect((table.rows, table.added, table.changed, table.removed) == (9, 0, 2, 0))
            #expect(try await rows("things", spine) == before)
        }
    }

    @Test("statements that the session knows by heart mean what is built while it is built, and the table afterwards")
    func prepared() async throws {
        try await withThings { spine in
            for _ in 0..<3 { _ = try await rows("thing_counts", spine) }
            for _ in 0..<3 {
                #expect(try await spine.rebuild(Self.counts, isDryRun: true).isSame)
                #expect(try await rows("thing_counts", spine).count == 2)
            }
        }
    }
}
