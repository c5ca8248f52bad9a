import AMQP
import Contracts
import Foundation
import Messaging
import Postgres
import ServiceLifecycle
import Synchronization
import TestSupport
import Testing

extension OverTheBroker {
    /// Of an ordered queue one replica takes everything; when it is told to stop, the next one goes on.
    @Suite("A queue is handed over", .timeLimit(.minutes(20)))
    struct HandoverTests {
        @Test("what a replica has begun when it is told to stop comes before what the next one takes")
        func begun() async throws {
            let gate = Gate()
            try await withTwoReplicas(gate) { speaker, listener, first in
                gate.close()
                try await speaker.say("1", about: "x")
                try await eventually("it is begun") { gate.waiting == 1 }
                try await speaker.say("2", about: "x")
                await first.triggerGracefulShutdown()
                try await speaker.say("3", about: "x")
                try await eventually("somebody has the last") {
                    let state = try await BrokerControl.shared().queue("\(listener.service).events")
                    return try await listener.effects().contains("3") || state.unacknowledged == 3
                }
                gate.open()
                #expect(try await listener.effects(atLeast: 3) == ["1", "2", "3"])
            }
        }

        @Test("nothing is handled that was read behind what a stopping replica gives back")
        func givenBack() async throws {
            let gate = Gate()
            let reasons = (0...600).map(String.init)
            try await withTwoReplicas(gate) { speaker, listener, first in
                gate.close()
                try await speaker.say("begun", about: "x")
                try await eventually("it is begun") { gate.waiting == 1 }
                try await speaker.perform(Cause(actor: "test")) { work in
                    try await work.publish(reasons.map { Draft(Toy.discarded($0), about: "x", cause: work.cause) })
                }
                try await eventually("the rest has arrived") {
                    try await BrokerControl.shared().queue("\(listener.service).events").unacknowledged == 602
                }
                gate.fail()
                try await eventually("a full batch waits for the database") { gate.failures > 0 }
                await first.triggerGracefulShutdown()
                #expect(try await listener.effects(atLeast: 602) == ["begun"] + reasons)
            }
        }
    }
}

/// A listener in two replicas, the first of which has the queue and handles what comes only as the gate lets it.
private func withTwoReplicas(
    _ gate: Gate,
    _ body: @Sendable (_ speaker: Spine, _ listener: Spine, _ first: ServiceGroup) async throws -> Void
) async throws {
    let gated = Subscription.on(LeadDiscarded.self) { arrival, work in
        try await gate.pass(arrival.message.reason)
        try await Toy.write(arrival, work)
    }
    let broker = try BrokerControl.shared()
    try await withSpine("toy\(UUID().uuidString.prefix(8).lowercased())") { listener in
        try await listener.makeEffects()
        let inlet = InletServices.events([gated], listener, broker.endpoint)
        let first = ServiceGroup(services: inlet.services, logger: testLogger("first"))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await first.run() }
            try await eventually("the first consumes") { inlet.state() == .running }
            try await listener.over(TestServers.databaseURL) { spine in
                let second = InletServices.events([Toy.subscription], spine, broker.endpoint)
                try await serving(second.services) {
                    try await eventually("the second stands by") { second.state() == .running }
                    try await withSpine("leads") { speaker in
                        try await withRelay(of: speaker) { try await body(speaker, listener, first) }
                    }
                }
            }
            gate.open()
            await first.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
        try await broker.deleteQueue("\(listener.service).events")
    }
}

/// Lets a handler through, holds it up, or has the database fail under it.
private final class Gate: Sendable {
    private struct State {
        var isOpen = true
        var isFailing = false
        var waiting: [CheckedContinuation<Void, Never>] = []
        var failures = 0
    }

    private let state = Mutex(State())

    var waiting: Int { state.withLock { $0.waiting.count } }
    var failures: Int { state.withLock { $0.failures } }

    func close() { state.withLock { $0.isOpen = false } }

    func open() {
        let waiting = state.withLock { state in
            defer { state.waiting = [] }
            state.isOpen = true
            return state.waiting
        }
        for one in waiting { one.resume() }
    }

    /// Opens, but whoever handles the one named 0 finds no database.
    func fail() {
        state.withLock { $0.isFailing = true }
        open()
    }

    func pass(_ reason: String) async throws {
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                if !state.isOpen { state.waiting.append(continuation) }
                return state.isOpen
            }
            if isOpen { continuation.resume() }
        }
        try state.withLock { state in
            guard state.isFailing, reason == "0" else { return }
            state.failures += 1
            throw PostgresError(sqlState: "57P01", message: "the database is away")
        }
    }
}
