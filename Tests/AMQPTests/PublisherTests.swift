import AMQP
import TestSupport
import Testing

@Suite("Publishing")
struct PublisherTests {
    @Test("a confirmed message is in the queue")
    func confirmed() async throws {
        try await withQueue("confirmed") { broker, queue in
            let publisher = Publisher(broker.endpoint(named: queue), logger: quiet)
            let reader = Reader(Consumer(broker.endpoint(named: queue), .init(queue: queue), logger: quiet))
            try await running([publisher, reader]) {
                let outcomes = await publisher.publish([.text("one", to: queue), .text("two", to: queue)])
                #expect(outcomes == [.confirmed, .confirmed])
                try await eventually("both arrive") { reader.bodies == ["one", "two"] }
            }
        }
    }

    @Test("a message that no queue takes is returned, and its neighbours are not")
    func returned() async throws {
        try await withQueue("returned") { broker, queue in
            let publisher = Publisher(broker.endpoint(named: queue), logger: quiet)
            try await running([publisher]) {
                var named = Message.text("b", to: "nowhere")
                named.properties.messageID = "b"
                let outcomes = await publisher.publish([
                    .text("a", to: queue), named, .text("c", to: "nowhere"), .text("d", to: queue),
                ])
                let noRoute = PublishOutcome.returned(code: 312, reason: "NO_ROUTE")
                #expect(outcomes == [.confirmed, noRoute, noRoute, .confirmed])
            }
        }
    }

    @Test("a full queue refuses what is over its limit")
    func refused() async throws {
        try await withQueue("refused") { broker, queue in
            try await broker.limit(queue, to: 3)
            let publisher = Publisher(broker.endpoint(named: queue), logger: quiet)
            try await running([publisher]) {
                #expect(await publisher.publish([.text("first", to: queue)]) == [.confirmed])
                // The broker takes a few more than the limit before it says so.
                try await eventually("what is too much is refused") {
                    let outcomes = await publisher.publish([.text("more", to: queue)])
                    if case .refused = outcomes.first { return true }
                    #expect(outcomes == [.confirmed])
                    return false
                }
            }
            try await broker.unlimit(queue)
        }
    }

    @Test("what would break a limit of the protocol is refused before it is sent, and harms nobody")
    func limits() async throws {
        try await withQueue("limits") { broker, queue in
            let publisher = Publisher(broker.endpoint(named: queue), logger: quiet)
            try await running([publisher]) {
                let emoji = String(repeating: "\u{1F3E0}", count: 64)  // 256 bytes
                var messages = [Message](repeating: .text("x", to: queue), count: 7)
                messages[0].properties.messageID = emoji
                messages[1].routingKey = emoji
                messages[2].properties.userID = "somebody else"
                messages[3].properties.headers = [emoji: .null]
                messages[4].properties.headers = ["big": .bytes([UInt8](repeating: 7, count: 140_000))]
                messages[5].properties.expiration = "soon"
                let outcomes = await publisher.publish(messages)
                for outcome in outcomes.dropLast() {
                    guard case .refused = outcome else {
                        Issue.record("\(outcome)")
                        continue
                    }
                }
                #expect(outcomes.last == .confirmed)
                #expect(publisher.state == .running)
            }
        }
    }

    @Test("while nobody listens at the broker's address, a publish is lost when patience ends")
    func impatient() async throws {
        let broker = Endpoint(host: "127.0.0.1", port: 1, user: "u", password: "p")
        let publisher = Publisher(broker, logger: quiet)
        try await running([publisher]) {
            let start = ContinuousClock.now
            let outcomes = await publisher.publish([.text("x", to: "q")], patience: .milliseconds(300))
            guard case .lost = outcomes[0] else {
                Issue.record("\(outcomes)")
                return
            }
            #expect(start.duration(to: .now) < onThisMachine(.seconds(5)))
            try await eventually("it says why it does not connect") {
                if case .connecting(_, let error?) = publisher.state { error.contains("open socket") } else { false }
            }
        }
        #expect(publisher.state == .closed)
        let late = await publisher.publish([.text("x", to: "q")])
        #expect(late == [.lost(reason: "the publisher has stopped")])
    }

    @Test("when the connection is closed under load, every publish has one outcome and the confirmed ones arrive")
    func lost() async throws {
        try await withQueue("lost") { broker, queue in
            let publisher = Publisher(broker.endpoint(named: queue), logger: quiet)
            let reader = Reader(Consumer(broker.endpoint(named: "\(queue).in"), .init(queue: queue), logger: quiet))
            try await running([publisher, reader]) {
                var confirmed: Set<String> = []
                var lost = 0
                // Should the close fall between two calls, there is nothing to lose: once more then.
                for attempt in 0..<10 where lost == 0 {
                    try await eventually("it connects") { publisher.state == .running }
                    async let closing: Void = broker.closeConnection(queue)
                    async let left = flood(publisher, "\(attempt)-left", to: queue)
                    async let right = flood(publisher, "\(attempt)-right", to: queue)
                    for flood in await [left, right] {
                        confirmed.formUnion(flood.confirmed)
                        lost += flood.lost
                    }
                    try await closing
                }
                #expect(lost > 0)
                #expect(await publisher.publish([.text("after", to: queue)]) == [.confirmed])
                confirmed.insert("after")
                try await eventually("all confirmed arrive", within: .seconds(60)) {
                    reader.bodies.count >= confirmed.count && confirmed.isSubset(of: reader.bodies)
                }
            }
        }
    }

    /// Publishes until something is not confirmed, for five seconds at most.
    private func flood(
        _ publisher: Publisher,
        _ name: String,
        to queue: String
    ) async -> (confirmed: Set<String>, lost: Int) {
        var confirmed: Set<String> = []
        var lost = 0
        let start = ContinuousClock.now
        var round = 0
        while lost == 0, start.duration(to: .now) < .seconds(5) {
            round += 1
            let bodies = (0..<200).map { "\(name)-\(round)-\($0)" }
            let outcomes = await publisher.publish(bodies.map { .text($0, to: queue) })
            #expect(outcomes.count == bodies.count)
            for (body, outcome) in zip(bodies, outcomes) {
                switch outcome {
                case .confirmed: confirmed.insert(body)
                case .lost: lost += 1
                default: Issue.record("\(outcome)")
                }
            }
        }
        return (confirmed, lost)
    }
}
