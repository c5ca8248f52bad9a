import Contracts
import Foundation
import Messaging
import Postgres
import TestSupport
import Testing

@testable import Messaging

@Suite("Every projection of every service")
struct LifeTests {
    @Test(
        "can be dropped and built again to the same content, twice, and nothing else happens",
        arguments: [3, 11, 2_026]
    )
    func same(_ seed: UInt64) async throws {
        try await Town.open { town in
            var dice = Dice(seed)
            try await town.lives(60, &dice)
            for side in town.sides {
                for projection in side.projections {
                    let journals = try await town.journals(for: side, of: projection)
                    try await expectSame(side, projection, journals)
                    // What only waits to be taken in is taken in by that.
                    _ = try await side.spine.rebuild(projection, from: journals, isDryRun: false)
                    let before = try await side.content(of: projection)
                    guard !before.joined().isEmpty else { continue }
                    let others = try await side.everything(besides: projection)

                    try await side.drop(projection)
                    #expect(try await side.content(of: projection) != before)
                    let dry = try await side.spine.rebuild(projection, from: journals, isDryRun: true)
                    // What is only counted is taken in anew before it is compared.
                    let isTakenInAnew = ["counts", "tag-coverage"].contains(projection.name)
                    #expect(!dry.isSame || isTakenInAnew, "\(side.name) \(projection.name)")
                    for _ in 0..<2 {
                        _ = try await side.spine.rebuild(projection, from: journals, isDryRun: false)
                        let after = try await side.content(of: projection)
                        #expect(after == before, "\(side.name) \(projection.name) \(difference(before, after))")
                        try await expectSame(side, projection, journals)
                    }
                    #expect(try await side.everything(besides: projection) == others, "\(side.name) \(projection.name)")
                }
            }
        }
    }

    @Test("is what it is when it is built again after somebody was forgotten, but for the campaign that they came by")
    func forgotten() async throws {
        try await Town.open { town in
            var dice = Dice(5)
            try await town.lives(40, &dice)
            let uid = try #require(try await town.leads.persons().first)
            try await town.leads.forget(uid)
            try await town.settle()
            for side in town.sides {
                for projection in side.projections where projection.name != "return" {
                    try await expectSame(side, projection, try await town.journals(for: side, of: projection))
                }
            }
            let leads = town.leads.side
            let sums = try await leads.sumsOfAllCampaigns()
            #expect(!sums.isEmpty)
            for projection in leads.projections where projection.name == "return" {
                _ = try await leads.spine.rebuild(projection, from: [], isDryRun: false)
                #expect(try await leads.sumsOfAllCampaigns() == sums)
            }
        }
    }

    private func expectSame(_ side: Side, _ projection: Projection, _ journals: [JournalCopy]) async throws {
        let report = try await side.spine.rebuild(projection, from: journals, isDryRun: true)
        #expect(report.isSame, "\(side.name) \(report)")
    }

    /// The first rows that differ, for whoever has to find out why.
    private func difference(_ before: [[String]], _ after: [[String]]) -> String {
        for (old, new) in zip(before, after) where old != new {
            let missing = Set(old).subtracting(new).sorted().prefix(2)
            let added = Set(new).subtracting(old).sorted().prefix(2)
            return "was \(missing) is \(added)"
        }
        return ""
    }
}

extension Side {
    /// All rows of its tables as text, without what is not the projection's.
    ///
    /// Whoever has no stage is potential.
    func content(of projection: Projection) async throws -> [[String]] {
        var content: [[String]] = []
        for table in projection.tables {
            let name = SQL(stringLiteral: table.name)
            let ignored = table.ignored.sorted()
            let only = table.compared.map { Array($0.union(table.key ?? ["agent_id"])).sorted() }
            content.append(
                try await spine.read { tx in
                    try await tx.all(
                        """
                        SELECT (SELECT jsonb_object_agg(key, value ORDER BY key) FROM jsonb_each(to_jsonb(t) - \(ignored)::text[])
                                 WHERE key <> 'position' AND (\(only)::text[] IS NULL OR key = ANY(\(only)::text[])))::text AS row
                          FROM \(name) t
                         WHERE coalesce(to_jsonb(t) ->> 'stage', '') <> 'potential' ORDER BY 1
                        """
                    ) { try $0["row"] }
                }
            )
        }
        return content
    }

    /// Marketing's sums, whatever campaigns people came by.
    func sumsOfAllCampaigns() async throws -> [String] {
        try await spine.read { tx in
            try await tx.all(
                """
                SELECT to_jsonb(d)::text AS row
                  FROM (SELECT touch, day, channel, sum(leads) AS leads, sum(valid) AS valid, sum(contacted) AS contacted,
                               sum(visited) AS visited, sum(won) AS won, sum(revenue) AS revenue
                          FROM return_days GROUP BY touch, day, channel HAVING sum(leads) > 0) AS d
                 UNION ALL
                SELECT to_jsonb(o)::text
                  FROM (SELECT day, channel, outcome, reason, sum(count) AS count
                          FROM return_outcomes GROUP BY day, channel, outcome, reason) AS o
                 ORDER BY 1
                """
            ) { try $0["row"] }
        }
    }

    /// Takes away all that is the projection's.
    func drop(_ projection: Projection) async throws {
        _ = try await spine.database.transaction { tx in
            // Others' rows point at some of them.
            try await tx.execute("SET LOCAL session_replication_role = replica")
            for table in projection.tables {
                let name = SQL(stringLiteral: table.name)
                switch table.name {
                case "rotation": try await tx.execute("UPDATE rotation SET load = load + 7")
                case "tags": try await tx.execute("UPDATE tags SET is_winner = NOT is_winner")
                // Up to where was counted: without that all is taken in anew before it is compared.
                case "return_cursors": break
                default:
                    try await tx.execute(
                        "DELETE FROM \(name) t WHERE coalesce(to_jsonb(t) ->> 'stage', '') <> 'potential'"
                    )
                }
                if table.name == "customers", self.name == "sales" {
                    try await tx.execute("DELETE FROM customer_search")
                }
            }
        }
    }

    /// A digest of every other table: what was told, what is to happen, what was written to whom, and all facts.
    func everything(besides projection: Projection) async throws -> [String: String] {
        let own = projection.tables.map(\.name)
        return try await spine.read { tx in
            let tables: [String] = try await tx.all(
                """
                SELECT relname::text AS name FROM pg_class
                 WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r' AND relname <> ALL(\(own)::text[])
                """
            ) { try $0["name"] }
            var digests: [String: String] = [:]
            for table in tables {
                digests[table] = try await tx.first(
                    SQL(
                        stringLiteral:
                            "SELECT md5(coalesce(string_agg(t::text, '' ORDER BY t::text), '')) AS d FROM \(table) t"
                    )
                ) { try $0["d"] }
            }
            return digests
        }
    }
}
