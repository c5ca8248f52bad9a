import AMQP
import Contracts
import Foundation
import Messaging
import Postgres
import Synchronization
import TestSupport
import Testing

extension OverTheBroker {
    /// The rows of the crash matrices that are about connections and servers.
    @Suite("A connection or a server that fails at the worst moment", .timeLimit(.minutes(20)))
    struct FaultTests {
        @Test("an event whose confirm never arrives is published again and takes effect once")
        func lostConfirm() async throws {
            try await throughProxy(to: TestServers.brokerURL) { proxy, url in
                try await withSpine("leads") { speaker in
                    try await withListener { listener in
                        try await withRelay(of: speaker, at: try Endpoint(url: url)) {
                            try await speaker.say("before", about: "x")
                            _ = try await listener.effects(atLeast: 1)
                            try await eventually("it is confirmed") { try await speaker.backlog().outbox == 0 }
                            proxy.set(FaultProxy.Fault(swallowed: [.toClient]))
                            try await speaker.say("once", about: "x")
                            _ = try await listener.effects(atLeast: 2)
                            #expect(try await speaker.backlog().outbox == 1)
                            proxy.set(FaultProxy.Fault())
                            proxy.cut()
                            try await eventually("it is confirmed") { try await speaker.backlog().outbox == 0 }
                            try await speaker.say("after", about: "x")
                            #expect(try await listener.effects(atLeast: 3) == ["before", "once", "after"])
                        }
                    }
                }
            }
        }

        @Test("a message whose acknowledgement is lost comes again and takes effect once")
        func lostAcknowledgement() async throws {
            try await throughProxy(to: TestServers.brokerURL) { proxy, url in
                try await withSpine("leads") { speaker in
                    try await withListener(at: try Endpoint(url: url)) { listener in
                        try await withRelay(of: speaker) {
                            proxy.set(FaultProxy.Fault(swallowed: [.toServer]))
                            try await speaker.say("once", about: "x")
                            _ = try await listener.effects(atLeast: 1)
                            let queue = { try await BrokerControl.shared().queue("\(listener.service).events") }
                            try await eventually("it is unacknowledged") { try await queue().unacknowledged == 1 }
                            proxy.set(FaultProxy.Fault())
                            proxy.cut()
                            try await eventually("it is acknowledged") {
                                let state = try await queue()
                                return state.unacknowledged == 0 && state.ready == 0
                            }
                            try await speaker.say("after", about: "x")
                            #expect(try await listener.effects(atLeast: 2) == ["once", "after"])
                        }
                    }
                }
            }
        }

        @Test(
            "a COMMIT whose answer is lost, of a batch or of what the relay is done with, is decided by what is stored",
            arguments: [true, false]
        )
        func unknownCommit(hasArrived: Bool) async throws {
            try await throughProxy(to: TestServers.databaseURL) { proxy, url in
                try await withSpine("leads") { speaker in
                    try await withListener(on: url) { listener in
                        try await speaker.over(url) { speakerOverProxy in
                            try await withRelay(of: speakerOverProxy) {
                                proxy.set(
                                    FaultProxy.Trap(
                                        "COMMIT\0",
                                        going: hasArrived ? .toClient : .toServer,
                                        arrives: false,
                                        times: 8
                                    )
                                )
                                let reasons = (1...20).map(String.init)
                                for reason in reasons { try await speaker.say(reason, about: "x") }
                                #expect(try await listener.effects(atLeast: 20) == reasons)
                                try await eventually("every trap has sprung") { proxy.sprung == 8 }
                                try await eventually("nothing waits") { try await speaker.backlog().outbox == 0 }
                                try await speaker.say("after", about: "x")
                                #expect(try await listener.effects(atLeast: 21) == reasons + ["after"])
                            }
                        }
                    }
                }
            }
        }

        @Test("a relay that loses its session while it leads makes way for another, and order is kept")
        func lostLeadership() async throws {
            try await withPair { speaker, listener in
                let twin = Spine(
                    service: speaker.service,
                    database: speaker.database,
                    clock: ServiceClock(),
                    logger: testLogger("twin")
                )
                try await withRelay(of: twin) {
                    let subjects = ["a", "b", "c"]
                    for round in 0..<60 {
                        for subject in subjects { try await speaker.say("\(subject)\(round)", about: subject) }
                        if round % 10 == 5 { try await speaker.dethroneRelay() }
                    }
                    let effects = try await listener.effects(atLeast: 180)
                    #expect(effects.count == 180)
                    for subject in subjects {
                        #expect(effects.filter { $0.hasPrefix(subject) } == (0..<60).map { "\(subject)\($0)" })
                    }
                }
            }
        }

        @Test("while the database is away nothing is acknowledged, and afterwards everything is settled")
        func databaseAway() async throws {
            try await throughProxy(to: TestServers.databaseURL) { proxy, url in
                try await withSpine("leads") { speaker in
                    try await withListener(on: url) { listener in
                        try await withRelay(of: speaker) {
                            proxy.refuse(true)
                            try await speaker.say("poison", about: "x")
                            try await speaker.say("fine", about: "y")
                            let queue = { try await BrokerControl.shared().queue("\(listener.service).events") }
                            try await eventually("both are unacknowledged") { try await queue().unacknowledged == 2 }
                            #expect(try await listener.effects().isEmpty)
                            proxy.refuse(false)
                            #expect(try await listener.effects(atLeast: 1) == ["fine"])
                            try await eventually("the other is parked") { try await listener.backlog().retries == 1 }
                            try await eventually("both are acknowledged") { try await queue().unacknowledged == 0 }
                        }
                    }
                }
            }
        }

        @Test("a full queue holds back the subjects whose events it refuses, and no others")
        func fullQueue() async throws {
            let broker = try BrokerControl.shared()
            let full = "test.full.\(UUID().uuidString.prefix(8).lowercased())"
            try await broker.declareQueue(full)
            try await broker.bind(full, to: "lintel.events", key: LeadGraded.name.routingKey)
            try await broker.limit(full, to: 2)
            do {
                try await withPair { speaker, listener in
                    // The broker takes a few more than the limit before it says so.
                    let subjects = Mutex(0)
                    try await eventually("some were refused") {
                        let number = subjects.withLock { count in
                            count += 1
                            return count
                        }
                        try await speaker.grade("s\(number)")
                        return try await !speaker.stuckEvents().isEmpty
                    }
                    let stuck = try #require(try await speaker.stuckEvents().first)
                    #expect(!stuck.isUnroutable)
                    try await speaker.say("behind", about: stuck.subject)
                    try await speaker.say("free", about: "other")
                    #expect(try await listener.effects(atLeast: 1) == ["free"])
                    // Somebody consumes: the broker tells publishers to go on only when it has got shorter, not when it may
                    // be longer (RabbitMQ 3.10).
                    try await broker.take(100, from: full)
                    try await speaker.retryStuckEvents()
                    #expect(try await listener.effects(atLeast: 2) == ["free", "behind"])
                    try await eventually("nothing waits") { try await speaker.backlog().outbox == 0 }
                }
            } catch {
                try? await broker.deleteQueue(full)  // the test's own error is the one to see
                throw error
            }
            try await broker.deleteQueue(full)
        }
    }
}
