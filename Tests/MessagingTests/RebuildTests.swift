import Contracts
import Failures
import Foundation
import Postgres
import TestSupport
import Testing

@testable import Messaging

@Suite("Building a projection again")
struct RebuildTests {
    /// Writes down which events there were, its own service's and another's.
    private static let projection = Projection("told", of: [LeadDiscarded.name, ContactLogged.name]) { received, work in
        for one in received {
            try await work.tx.execute(
                """
                INSERT INTO told (event_id, name) VALUES (\(one.envelope.id), \(one.envelope.type.text))
                ON CONFLICT DO NOTHING
                """
            )
        }
    }

    private let subscriptions = [Toy.subscription] + Subscription.projecting(Self.projection, except: "sales")

    /// Sales with a table `told`, and Leads, which has told it twice.
    private func withTold(_ body: (_ sales: Spine, _ leads: Spine) async throws -> Void) async throws {
        try await withSpine("leads") { leads in
            try await withSpine("sales", projections: [Self.projection]) { sales in
                try await sales.makeEffects()
                _ = try await sales.database.transaction { tx in
                    try await tx.script("CREATE TABLE told (event_id text PRIMARY KEY, name text NOT NULL)")
                }
                try await sales.perform(Cause(actor: "test")) {
                    try await $0.publish(ContactLogged.example, about: "1")
                }
                for reason in ["a", "b"] { try await tell(reason, leads) }
                try await sales.settleEvents(try await entries(leads), with: subscriptions)
                try await body(sales, leads)
            }
        }
    }

    private func tell(_ reason: String, _ leads: Spine) async throws {
        try await leads.perform(Cause(actor: "test")) { try await $0.publish(Toy.discarded(reason), about: reason) }
    }

    private func entries(_ spine: Spine) async throws -> [JournalEntry] {
        try await spine.events().map { JournalEntry(envelope: $0.envelope, data: $0.json) }
    }

    private func told(_ spine: Spine) async throws -> [String] {
        try await spine.read { tx in
            try await tx.all("SELECT event_id || name AS row FROM told ORDER BY 1") { try $0["row"] }
        }
    }

    private func execute(_ sql: SQL, _ spine: Spine) async throws {
        _ = try await spine.database.transaction { try await $0.execute(sql) }
    }

    private func refusal(_ body: () async throws -> RebuildReport) async throws -> String? {
        do {
            _ = try await body()
            return nil
        } catch let rejection as Rejection {
            return rejection.code
        }
    }

    @Test("gives the same again from its own journal and the others', and nothing else happens")
    func same() async throws {
        try await withTold { sales, leads in
            let before = try await told(sales)
            #expect(before.count == 3)
            let journals = [try await leads.journalCopy()]
            let healthy = try await sales.rebuild(Self.projection, from: journals, isDryRun: true)
            #expect(healthy.isSame)
            #expect(healthy.events == 3)

            try await execute("DELETE FROM told WHERE name = \(ContactLogged.name.text)", sales)
            try await execute("UPDATE told SET name = 'x' WHERE event_id = (SELECT min(event_id) FROM told)", sales)
            try await execute("INSERT INTO told VALUES ('nobody', 'told')", sales)
            let damaged = try await told(sales)
            for isDryRun in [true, false] {
                #expect(try await told(sales) == damaged)
                let report = try await sales.rebuild(Self.projection, from: journals, isDryRun: isDryRun)
                let table = try #require(report.tables.first)
                #expect((table.rows, table.added, table.changed, table.removed) == (3, 1, 1, 1))
                #expect(table.examples.last == .init(what: "removed", key: "nobody"))
            }
            #expect(try await told(sales) == before)
            #expect(try await sales.rebuild(Self.projection, from: journals, isDryRun: false).isSame)
            #expect(try await sales.effects() == ["a", "b"])
        }
    }

    @Test("leaves out what was told and not handled yet, and what somebody has given up")
    func unhandled() async throws {
        try await withTold { sales, leads in
            let before = try await told(sales)
            try await tell("later", leads)
            #expect(
                try await sales.rebuild(Self.projection, from: [try await leads.journalCopy()], isDryRun: false).isSame
            )
            #expect(try await told(sales) == before)

            let last = try #require(try await entries(leads).last)
            try await execute(
                """
                INSERT INTO dead_letters (id, inlet, source, message_id, exchange, routing_key, properties, body, reason,
                                          detail, attempts, first_at, status)
                VALUES (\(UUID.v7()), 'sales.events', '/lintel/leads', \(last.envelope.id), '', '', '{}', '', '', '', 1, now(),
                        'discarded')
                """,
                sales
            )
            try await execute("INSERT INTO inbox VALUES ('sales.events', '/lintel/leads', \(last.envelope.id))", sales)
            #expect(
                try await sales.rebuild(Self.projection, from: [try await leads.journalCopy()], isDryRun: true).isSame
            )
        }
    }

    @Test("is refused while a journal is missing, older than what was handled, or broken off")
    func refused() async throws {
        try await withTold { sales, leads in
            let before = try await told(sales)
            let alone = try await refusal { try await sales.rebuild(Self.projection, isDryRun: false) }
            #expect(alone == "journal-missing")

            let older = try await leads.journalCopy()
            try await tell("c", leads)
            try await sales.settleEvents([try #require(try await entries(leads).last)], with: subscriptions)
            let refused = try await refusal { try await sales.rebuild(Self.projection, from: [older], isDryRun: false) }
            #expect(refused == "journals-older")

            let whole = try await leads.journalLines()
            var lacking = whole
            lacking.remove(at: whole.count - 2)
            for lines in [lacking, Array(whole.prefix(whole.count - 1)), Array(whole.suffix(whole.count - 1)), []] {
                let broken = JournalCopy(lines: lines)
                let refused = try await refusal {
                    try await sales.rebuild(Self.projection, from: [broken], isDryRun: false)
                }
                #expect(refused == "journal-broken")
            }
            #expect(try await told(sales).count == before.count + 1)
        }
    }

    @Test("is refused when a journal has lost old months", arguments: ["leads", "sales"])
    func curtailed(_ service: String) async throws {
        try await withTold { sales, leads in
            let before = try await told(sales)
            try await execute(
                "DELETE FROM journal WHERE position = (SELECT min(position) FROM journal)",
                service == "leads" ? leads : sales
            )
            for isDryRun in [true, false] {
                let refused = try await refusal {
                    try await sales.rebuild(Self.projection, from: [try await leads.journalCopy()], isDryRun: isDryRun)
                }
                #expect(refused == "journal-curtailed")
            }
            #expect(try await told(sales) == before)
        }
    }

    @Test("whoever builds may neither tell anything nor set a timer", arguments: [true, false])
    func effects(_ tells: Bool) async throws {
        try await withSpine("sales") { spine in
            _ = try await spine.database.transaction {
                try await $0.script("CREATE TABLE loud (name text PRIMARY KEY)")
            }
            let projection = Projection("loud", in: [ProjectionTable("loud")]) { work, _ in
                try await work.tx.execute("INSERT INTO loud VALUES ('a')")
                if tells {
                    try await work.publish(ContactLogged.example, about: "1")
                } else {
                    try await work.timers.set("a", key: "b", at: work.now, cause: work.cause)
                }
            }
            let refused = try await refusal { try await spine.rebuild(projection, isDryRun: false) }
            #expect(refused == "projection-has-effects")
            let left = try await (spine.events().count, spine.backlog())
            #expect((left.0, left.1.outbox, left.1.timers) == (0, 0, 0))
            let rows = try await spine.read { tx in
                try await tx.all("SELECT name FROM loud") { try $0["name"] as String }
            }
            #expect(rows.isEmpty)
        }
    }

    @Test("what is sent again to one service takes effect there if it had not, and once")
    func again() async throws {
        try await withTold { sales, leads in
            try await tell("c", leads)
            let route = ReplayRoute(sender: "leads", receiver: "sales")
            for _ in 0..<2 { try await sales.settleEvents(try await entries(leads), with: subscriptions, by: route) }
            #expect(try await sales.effects() == ["a", "b", "c"])
        }
    }

    @Test("its way is one routing key")
    func routes() {
        #expect(ReplayRoute(sender: "leads", receiver: "sales").routingKey == "leads.again.sales")
        #expect(ReplayRoute.binding(of: "sales").routingKey == "*.again.sales.#")
    }
}
