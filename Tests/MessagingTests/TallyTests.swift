import AMQP
import Contracts
import Foundation
import Postgres
import TestSupport
import Testing

@testable import Messaging

@Suite("The tally of what was received")
struct TallyTests {
    private func told(_ spine: Spine) async throws -> [InboxTally] {
        try await spine.events(of: SalesInboxTallied.self).map(\.tally)
    }

    private func withTally(_ body: (Spine, Tally) async throws -> Void) async throws {
        try await withSpine("sales") { spine in
            try await spine.makeEffects()
            try await body(spine, Tally(spine, hearing: [Toy.subscription], every: .seconds(60)))
        }
    }

    @Test("is silent while nothing arrives, tells what did once, and again when more comes")
    func silence() async throws {
        try await withTally { spine, tally in
            try await tally.tell()
            #expect(try await told(spine).isEmpty)
            let first = try entry("a", about: "1")
            try await spine.settleEvents([first], with: [Toy.subscription])
            try await tally.tell()
            try await tally.tell()
            let tallies = try await told(spine)
            #expect(tallies.count == 1)
            let minute = try #require(tallies.first?.minutes.first)
            #expect(minute.name == LeadDiscarded.name.text)
            #expect(minute.count == 1)
            #expect(minute.digest == first.envelope.id.replacing("-", with: ""))
            #expect(tallies.first?.hears.map(\.since) == [Date(timeIntervalSince1970: 0)])
            #expect(tallies.first?.newest == minute.began)

            // Late, and twice: the whole minute is told anew.
            let second = try entry("b", about: "2")
            for _ in 0..<2 { try await spine.settleEvents([first, second], with: [Toy.subscription]) }
            try await tally.tell()
            #expect(try await told(spine).last?.minutes.map(\.count).reduce(0, +) ?? 0 >= 1)
            let counted = try await spine.read { tx in
                try await tx.first("SELECT sum(events)::bigint AS events FROM tallies") { try $0["events"] as Int }
            }
            #expect(counted == 2)
        }
    }

    @Test("counts what waits and what died as received, and says so")
    func failed() async throws {
        try await withTally { spine, tally in
            try await spine.settleEvents(
                [try entry("poison", about: "1"), try entry("x", about: "1")],
                with: [Toy.subscription]
            )
            try await tally.tell()
            #expect(try await told(spine).first?.waiting == 2)
            #expect(try await told(spine).first?.minutes.map(\.count).reduce(0, +) == 2)
            let given = try entry("given up", about: "2")
            _ = try await spine.database.transaction { tx in
                try await tx.execute(
                    """
                    INSERT INTO dead_letters (id, inlet, source, message_id, name, exchange, routing_key, properties, body,
                                              reason, detail, attempts, first_at)
                    VALUES (\(UUID.v7()), 'sales.events', 'broker', \(given.envelope.id), \(given.envelope.type.text), '', '',
                            '{}', '', 'delivery-limit', '', 20, now())
                    """
                )
            }
            try await tally.tell()
            let last = try #require(try await told(spine).last)
            #expect(last.dead == 1)
            #expect(last.minutes.map(\.count).max() ?? 0 >= 1)
        }
    }

    @Test("leaves a minute as it was told when its rows are aged out, and a name that is new begins now")
    func aged() async throws {
        try await withTally { spine, tally in
            try await spine.settleEvents([try entry("a", about: "1")], with: [Toy.subscription])
            try await tally.tell()
            _ = try await spine.database.transaction { tx in try await tx.execute("DELETE FROM inbox") }
            let more = Subscription.on(LeadGraded.self) { _, _ in }
            try await Tally(spine, hearing: [Toy.subscription, more], every: .seconds(60)).tell()
            let kept = try await spine.read { tx in
                try await tx.first("SELECT count(*) AS count FROM tallies") { try $0["count"] as Int }
            }
            #expect(kept == 1)
            let since = try await spine.read { tx in
                try await tx.first("SELECT since FROM heard WHERE name = \(LeadGraded.name.text)") {
                    try $0["since"] as Date
                }
            }
            #expect(try #require(since) > Date(timeIntervalSinceNow: -3_600))
        }
    }
}
