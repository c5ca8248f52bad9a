import AMQP
import Contracts
import Foundation
import Postgres
import ServiceLifecycle
import TestSupport
import Testing

@testable import Messaging

/// One service that says something and another that listens, over the real broker.
///
/// One after another, since every listener hears all that is said on the broker.
@Suite("Two services and a broker between them", .serialized, .timeLimit(.minutes(2)))
struct RelayTests {
    @Test("what one journals takes effect at the other, once and in order per subject")
    func order() async throws {
        try await pair { speaker, listener in
            let subjects = (0..<10).map { "s\($0)" }
            for round in 0..<20 {
                try await speaker.perform(Cause(actor: "test")) { work in
                    try await work.publish(
                        subjects.map { Draft(Toy.discarded("\($0)-\(round)"), about: $0, cause: work.cause) }
                    )
                }
            }
            let effects = try await listener.effects(atLeast: 200)
            #expect(effects.count == 200)
            for subject in subjects {
                let own = effects.filter { $0.hasPrefix("\(subject)-") }
                #expect(own == (0..<20).map { "\(subject)-\($0)" })
            }
        }
    }

    @Test("an event that is sent again, as after a crash between confirm and deletion, takes effect once")
    func again() async throws {
        try await pair { speaker, listener in
            try await speaker.perform(Cause(actor: "test")) { work in
                try await work.publish(Toy.discarded("once"), about: "x")
            }
            _ = try await listener.effects(atLeast: 1)
            _ = try await speaker.resend(1...1_000, about: nil, isDryRun: false)
            try await speaker.perform(Cause(actor: "test")) { work in
                try await work.publish(Toy.discarded("afterwards"), about: "x")
            }
            let effects = try await listener.effects(atLeast: 2)
            #expect(effects == ["once", "afterwards"])
        }
    }

    @Test("a second replica's relay stands by, and what its replica commits is sent all the same")
    func standby() async throws {
        try await pair { speaker, listener in
            let twin = Spine(
                service: speaker.service,
                database: speaker.database,
                clock: ServiceClock(),
                logger: testLogger("twin")
            )
            let publisher = Publisher(try Endpoint(url: TestServers.brokerURL), logger: twin.logger)
            try await serving([publisher, Relay(twin, publisher)]) {
                for number in 0..<20 {
                    let spine = number % 2 == 0 ? speaker : twin
                    try await spine.perform(Cause(actor: "test")) { work in
                        try await work.publish(Toy.discarded("\(number)"), about: "x")
                    }
                }
                let effects = try await listener.effects(atLeast: 20)
                #expect(effects == (0..<20).map(String.init))
            }
        }
    }

    /// A speaker with a relay and a listener with a queue of its own.
    private func pair(_ body: @Sendable (_ speaker: Spine, _ listener: Spine) async throws -> Void) async throws {
        let endpoint = try Endpoint(url: TestServers.brokerURL)
        let name = "toy\(UUID().uuidString.prefix(8).lowercased())"
        try await withSpine("leads") { speaker in
            try await withSpine(name) { listener in
                try await listener.makeEffects()
                let publisher = Publisher(endpoint, logger: speaker.logger)
                let inlet = InletServices.events([Toy.subscription], listener, endpoint)
                try await serving(inlet.services) {
                    // The queue must stand before anything is said.
                    try await until { inlet.state() == .running }
                    try await serving([publisher, Relay(speaker, publisher)]) { try await body(speaker, listener) }
                }
            }
        }
    }
}

/// Runs services while `body` runs, and stops them gracefully.
private func serving(_ services: [any Service], _ body: @Sendable () async throws -> Void) async throws {
    let group = ServiceGroup(services: services, logger: testLogger("services"))
    try await withThrowingTaskGroup(of: Void.self) { tasks in
        tasks.addTask { try await group.run() }
        do {
            try await body()
        } catch {
            await group.triggerGracefulShutdown()
            throw error
        }
        await group.triggerGracefulShutdown()
        try await tasks.waitForAll()
    }
}

/// Waits until something holds, for thirty seconds at most.
private func until(_ condition: @Sendable () async throws -> Bool) async throws {
    let deadline = ContinuousClock.now + .seconds(30)
    while try await !condition() {
        guard ContinuousClock.now < deadline else { throw Late() }
        try await Task.sleep(for: .milliseconds(5))
    }
}

private struct Late: Error {}

extension Spine {
    /// What was written down, once there is so much of it.
    fileprivate func effects(atLeast count: Int) async throws -> [String] {
        try await until { try await effects().count >= count }
        return try await effects()
    }
}
