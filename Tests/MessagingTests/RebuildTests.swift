import Contracts
import Foundation
import Postgres
import TestSupport
import Testing

@testable import Messaging

@Suite("Building a projection again")
struct RebuildTests {
    /// Writes down the reasons of discarded leads, its own service's and others'.
    private static let projection = Projection("reasons", of: [LeadDiscarded.name, LeadGraded.name]) { received, work in
        for one in received {
            try await work.tx.execute(
                """
                INSERT INTO reasons (event_id, name) VALUES (\(one.envelope.id), \(one.envelope.type.text))
                ON CONFLICT DO NOTHING
                """
            )
        }
    }

    private func withReasons(_ body: (Spine) async throws -> Void) async throws {
        try await withSpine("sales", projections: [Self.projection]) { spine in
            try await spine.makeEffects()
            _ = try await spine.database.transaction { tx in
                try await tx.script("CREATE TABLE reasons (event_id text PRIMARY KEY, name text NOT NULL)")
            }
            try await body(spine)
        }
    }

    private func reasons(_ spine: Spine) async throws -> [String] {
        try await spine.read { tx in try await tx.all("SELECT event_id FROM reasons ORDER BY 1") { try $0["event_id"] }
        }
    }

    private let subscriptions = [Toy.subscription] + Subscription.projecting(Self.projection, except: "sales")

    @Test(
        "gives the same again: own events from the journal, others' when they are sent again, and nothing else happens"
    )
    func same() async throws {
        try await withReasons { spine in
            // Journalled here, as if it were this service's own.
            try await spine.perform(Cause(actor: "test")) { work in
                try await work.publish(Toy.discarded("own"), about: "1")
            }
            let foreign = [try entry("a", about: "2"), try entry("b", about: "3")]
            try await spine.settleEvents(foreign, with: subscriptions)
            let before = try await reasons(spine)
            #expect(before.count == 3)

            let rehearsed = try await spine.rebuild("reasons", isDryRun: true)
            #expect((rehearsed.dropped, rehearsed.applied) == (3, 1))
            #expect(rehearsed.others == ["leads"])
            #expect(try await reasons(spine) == before)

            let report = try await spine.rebuild("reasons", isDryRun: false)
            #expect(try await reasons(spine).count == 1)
            let route = ReplayRoute(sender: "leads", receiver: "sales", rebuild: report.rebuild)
            for _ in 0..<2 { try await spine.settleEvents(foreign, with: subscriptions, by: route) }
            #expect(try await reasons(spine) == before)
            #expect(try await spine.effects() == ["a", "b"])
        }
    }

    @Test("what is sent again to one service takes effect there if it had not, and once")
    func again() async throws {
        try await withReasons { spine in
            let events = [try entry("a", about: "2"), try entry("b", about: "3")]
            try await spine.settleEvents([events[0]], with: subscriptions)
            let route = ReplayRoute(sender: "leads", receiver: "sales")
            for _ in 0..<2 { try await spine.settleEvents(events, with: subscriptions, by: route) }
            #expect(try await spine.effects() == ["a", "b"])
        }
    }

    @Test("a projection that is unknown is refused by name")
    func unknown() async throws {
        try await withReasons { spine in
            await #expect(throws: (any Error).self) { try await spine.rebuild("nothing", isDryRun: true) }
            let left = try await reasons(spine)
            #expect(left.isEmpty)
        }
    }

    @Test("its events are routed to one queue, and read again from the key")
    func routes() {
        let rebuild = ReplayRoute.Rebuild(projection: "timeline", run: "019a")
        for route in [
            ReplayRoute(sender: "leads", receiver: "sales"),
            ReplayRoute(sender: "leads", receiver: "sales", rebuild: rebuild),
        ] {
            #expect(ReplayRoute(route.routingKey) == route)
        }
        #expect(ReplayRoute("leads.lead.received") == nil)
        #expect(ReplayRoute.binding(of: "sales").routingKey == "*.again.sales.#")
    }
}
