import AMQP
import Contracts
import Foundation
import Messaging
import Postgres
import Synchronization
import TestSupport
import Testing

@testable import struct Messaging.DeadQueueInlet
@testable import struct Messaging.EventInlet
@testable import struct Messaging.InboxProcessor
@testable import struct Messaging.IndependentParts

@Suite("The inbox")
struct InboxTests {
    @Test("lets a message take effect once, however often it is delivered")
    func twice() async throws {
        try await withSpine("sales") { spine in
            try await spine.makeEffects()
            let id = UUID.v7()
            for _ in 1...3 {
                try await spine.deliver(Toy.discarded("spam"), about: "a", id: id, to: [Toy.subscription])
            }
            #expect(try await spine.effects() == ["spam"])
        }
    }

    @Test("singles out the one bad message of a batch, wherever it stands", arguments: [0, 7, 19])
    func poison(position: Int) async throws {
        try await withSpine("sales") { spine in
            try await spine.makeEffects()
            let reasons = (0..<20).map { $0 == position ? "poison" : "\($0)" }
            try await spine.settleEvents(reasons.map { try entry($0, about: $0) }, with: [Toy.subscription])
            #expect(try await spine.effects() == reasons.filter { $0 != "poison" })
            let unsettled = try await spine.unsettled()
            #expect(unsettled.retries == 1)
            #expect(unsettled.dead == 0)
        }
    }

    @Test("lets messages take effect once that are delivered to several replicas at once, each in an order of its own")
    func manyReplicas() async throws {
        try await withSpine("sales") { spine in
            try await spine.makeEffects()
            let batch = try (0..<60).map { try entry("\($0)", about: "s\($0 % 7)") }
            let orders = [batch, batch.reversed(), batch.shuffled(), batch.shuffled()]
            try await withThrowingTaskGroup(of: Void.self) { group in
                for order in orders { group.addTask { try await spine.settleEvents(order, with: [Toy.subscription]) } }
                try await group.waitForAll()
            }
            let effects = try await spine.effects()
            #expect(effects.count == 60)
            #expect(Set(effects).count == 60)
            #expect(try await spine.backlog().retries == 0)
        }
    }

    @Test("keeps what follows a parked message of the same subject behind it, and nothing else")
    func order() async throws {
        try await withSpine("sales") { spine in
            try await spine.makeEffects()
            try await spine.settleEvents([try entry("poison", about: "a")], with: [Toy.subscription])
            try await spine.settleEvents(
                [try entry("a2", about: "a"), try entry("b1", about: "b"), try entry("a3", about: "a")],
                with: [Toy.subscription]
            )
            #expect(try await spine.effects() == ["b1"])
            try await spine.hurryRetries()
            try await spine.drainRetries([cured])
            #expect(try await spine.effects() == ["b1", "cured", "a2", "a3"])
            #expect(try await spine.unsettled().retries == 0)
        }
    }

    @Test("buries what nobody can read at once, with a reason that names the field")
    func unreadable() async throws {
        let cases: [(String, String, String?)] = [
            ("", "empty-body", "body"), ("{", "malformed-json", "body"), ("{}", "missing-field", "specversion"),
            (String(repeating: "[", count: 20_000), "nested-too-deeply", "body"),
            (
                #"{"specversion":"1.0","id":"3","data":{"person":{"name":"\ud800"}}}"#, "lone-surrogate",
                "data/person/name"
            ),
            (#"{"specversion":"1.0","id":"3","data":{"a\u0000b":1}}"#, "nul-character", "data/a\\u0000b"),
            (#"{"specversion":"1.0","id":"3","data":{"price":1e400000}}"#, "out-of-range", "data/price"),
            (
                #"{"specversion":"1.0","id":"1","source":"/x","type":"leads.lead.vanished.v1","subject":"s","time":"2026-11-22T00:00:00Z"}"#,
                "unknown-contract", "type"
            ),
            (
                #"{"specversion":"1.0","id":"1","source":"/x","type":"leads.lead.discarded.v9","subject":"s","time":"2026-11-22T00:00:00Z"}"#,
                "unknown-contract", "type"
            ),
            (
                #"{"specversion":"1.0","id":"1","source":"/x","type":"leads.lead.discarded.v1","subject":"s","time":"yesterday"}"#,
                "malformed-value", "time"
            ),
            (
                #"{"specversion":"1.0","id":"2","source":"/x","type":"leads.lead.discarded.v1","subject":"s","time":"2026-11-22T00:00:00Z","data":{"reason":1}}"#,
                "missing-field", "data/leadID"
            ),
        ]
        try await withSpine("sales") { spine in
            try await spine.makeEffects()
            for (body, _, _) in cases { try await spine.settle(bytes: Array(body.utf8)) }
            try await spine.settle(bytes: [0xFF, 0xFE])
            let letters = try await DeadLetters(spine).list()
            let found = Set(letters.map { "\($0.reason) \($0.field ?? "")" })
            #expect(found == Set(cases.map { "\($0.1) \($0.2 ?? "")" } + ["not-utf8 body"]))
        }
    }

    @Test("gives a dead letter back to its inlet once, also when two ask at once; discarding needs a note")
    func replay() async throws {
        try await withSpine("sales") { spine in
            try await spine.makeEffects()
            try await spine.settle(bytes: Array("{}".utf8))
            try await spine.deliver(Toy.discarded("fine"), about: "a", to: [])
            let letters = DeadLetters(spine)
            let letter = try #require(try await letters.list().first)
            let repaired = try entry("repaired", about: "r").body
            let winners = await withTaskGroup(of: Bool.self) { group in
                for _ in 1...5 {
                    group.addTask {
                        (try? await letters.replay(letter.id, editedBody: repaired, by: "test")) != nil
                    }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(winners == 1)
            try await spine.drainRetries([Toy.subscription])
            #expect(try await spine.effects() == ["repaired"])
            await #expect(throws: (any Error).self) { try await letters.discard(letter.id, note: "", by: "test") }
            await #expect(throws: (any Error).self) { try await letters.discard(letter.id, note: "x", by: "test") }
        }
    }

    @Test("handles a message alone that was delivered again and again, and buries it when it keeps killing the process")
    func crashLoop() async throws {
        try await withSpine("sales") { spine in
            try await spine.makeEffects()
            let body = try entry("suspect", about: "s").body
            // Three starts that never ended: the process died each time before anything else was written.
            try await spine.noteStarts(3, of: body)
            try await spine.settle(bytes: body, deliveryCount: 3)
            #expect(try await spine.effects().isEmpty)
            #expect(try await DeadLetters(spine).list().map(\.reason) == ["crash-loop"])

            try await spine.settle(bytes: try entry("innocent", about: "t").body, deliveryCount: 3)
            #expect(try await spine.effects() == ["innocent"])
        }
    }

    @Test("does not take a suspect for one that kills because the database went away while it was handled")
    func suspectWaits() async throws {
        try await withSpine("sales") { spine in
            try await spine.makeEffects()
            let outages = Mutex(5)
            let flaky = Subscription.on(LeadDiscarded.self) { arrival, work in
                let isAway = outages.withLock { left in
                    defer { left -= 1 }
                    return left > 0
                }
                if isAway { throw PostgresError(sqlState: "57P01", message: "the database is away") }
                try await Toy.write(arrival, work)
            }
            let processor = InboxProcessor(EventInlet(service: "sales", subscriptions: [flaky]), spine)
            let suspect = delivery(try entry("suspect", about: "s").body, deliveryCount: 3)
            for _ in 1...6 { try? await processor.settle([suspect]) }
            #expect(try await spine.effects() == ["suspect"])
            #expect(try await spine.unsettled() == (retries: 0, dead: 0))
        }
    }

    @Test("does not even read a message again that has killed the process three times")
    func crashWhileReading() async throws {
        try await withSpine("sales") { spine in
            let body = Array("{ what reading this does nobody knows".utf8)
            try await spine.noteStarts(3, of: body)
            try await spine.settle(bytes: body, deliveryCount: 3)
            #expect(try await DeadLetters(spine).list().map(\.reason) == ["crash-loop"])
        }
    }

    @Test(
        "files what the broker gave up under the queue that it came from, and believes no stranger's",
        arguments: [("sales.events", "sales.events"), ("leads.intake", "sales.dead"), (nil, "sales.dead")]
    )
    func givenUp(header: String?, expected: String) async throws {
        try await withSpine("sales") { spine in
            var properties = Properties()
            properties.messageID = "given-up"
            if let header { properties.headers["x-first-death-queue"] = .string(header) }
            let delivery = Delivery(
                tag: Delivery.Tag(epoch: 0, number: 1),
                exchange: "lintel.dead",
                routingKey: "sales.dead",
                isRedelivered: false,
                properties: properties,
                body: [0, 1, 2]
            )
            let processor = InboxProcessor(DeadQueueInlet(service: "sales"), spine)
            for _ in 1...2 { try await processor.settle([delivery]) }
            let letters = try await DeadLetters(spine).list()
            #expect(letters.map(\.inlet) == [expected])
            #expect(letters.map(\.reason) == ["delivery-limit"])
            #expect(letters.map(\.body) == [[0, 1, 2]])
        }
    }

    @Test("puts messages of one type together without changing the order of any two that share a key")
    func grouping() throws {
        var random = SystemRandomNumberGenerator()
        for _ in 1...200 {
            let batch = (0..<30).map { number in
                Incoming(
                    source: "s",
                    messageID: "\(number)",
                    name: ["a", "b", "c"].randomElement(using: &random),
                    orderKeys: [
                        "k\(Int.random(in: 0..<6, using: &random))", "u\(Int.random(in: 0..<4, using: &random))",
                    ],
                    content: Received(envelope: envelope("\(number)"), body: []),
                    delivery: delivery([])
                )
            }
            let groups = EventInlet.grouped(batch) { [.messages($0.name ?? "")] }
            let flat = groups.flatMap { $0 }
            #expect(flat.count == batch.count)
            #expect(groups.allSatisfy { Set($0.map(\.name)).count == 1 })
            for key in Set(batch.flatMap(\.orderKeys)) {
                let before = batch.filter { $0.orderKeys.contains(key) }.map(\.messageID)
                #expect(flat.filter { $0.orderKeys.contains(key) }.map(\.messageID) == before)
            }
        }
    }

    @Test("cuts a big batch into parts that share no key and keep their order, and a small one not at all")
    func parts() throws {
        for _ in 1...100 {
            let batch = (0..<200).map { number in
                Incoming(
                    source: "s",
                    messageID: "\(number)",
                    name: "a",
                    orderKeys: ["k\(Int.random(in: 0..<80))", "u\(Int.random(in: 0..<300))"],
                    content: Received(envelope: envelope("\(number)"), body: []),
                    delivery: delivery([])
                )
            }
            let parts = IndependentParts.of(batch, atMost: 2)
            #expect(parts.map(\.count).reduce(0, +) == 200)
            for part in parts {
                let numbers = part.compactMap { Int($0.messageID) }
                #expect(numbers == numbers.sorted())
            }
            let keys = parts.map { Set($0.flatMap(\.orderKeys)) }
            #expect(parts.count < 2 || keys[0].isDisjoint(with: keys[1]))
            #expect(IndependentParts.of(Array(batch.prefix(20)), atMost: 2).count == 1)
        }
    }

    @Test("handles what a big batch tells of many subjects once each, in the order of each")
    func bigBatch() async throws {
        try await withSpine("sales") { spine in
            try await spine.makeEffects()
            let told = (0..<300).map { (subject: "s\($0 % 30)", reason: "s\($0 % 30) \($0)") }
            let entries = try told.map { try entry($0.reason, about: $0.subject) }
            for _ in 1...2 { try await spine.settleEvents(entries, with: [Toy.subscription]) }
            let effects = try await spine.effects()
            #expect(effects.count == 300)
            for subject in Set(told.map(\.subject)) {
                let wanted = told.filter { $0.subject == subject }.map(\.reason)
                #expect(effects.filter { $0.hasPrefix(subject + " ") } == wanted)
            }
        }
    }

    /// The same subscription after somebody mended it.
    private var cured: Subscription {
        .on(LeadDiscarded.self) { arrival, work in
            let reason = arrival.message.reason == "poison" ? "cured" : arrival.message.reason
            try await work.tx.execute("INSERT INTO effects (subject, reason) VALUES ('x', \(reason))")
        }
    }
}
