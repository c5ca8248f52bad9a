import AMQP
import Contracts
import Foundation
import Messaging
import ServiceLifecycle
import TestSupport

/// A speaker with a relay and a listener with a queue of its own, which is deleted afterwards.
///
/// Whatever is said of `subscriptions`' names on the broker is heard, also what another test says: such suites are
/// serialized.
func withPair(
    _ subscriptions: [Subscription] = [Toy.subscription],
    _ body: @Sendable (_ speaker: Spine, _ listener: Spine) async throws -> Void
) async throws {
    try await withSpine("leads") { speaker in
        try await withListener(subscriptions) { listener in
            try await withRelay(of: speaker) { try await body(speaker, listener) }
        }
    }
}

/// A spine that hears of events, over the real broker.
func withListener(_ subscriptions: [Subscription], _ body: @Sendable (Spine) async throws -> Void) async throws {
    let name = "toy\(UUID().uuidString.prefix(8).lowercased())"
    let broker = try BrokerControl.shared()
    try await withSpine(name) { listener in
        try await listener.makeEffects()
        let inlet = InletServices.events(subscriptions, listener, broker.endpoint)
        do {
            try await serving(inlet.services) {
                // The queue must stand before anything is said.
                try await eventually("it consumes") { inlet.state() == .running }
                try await body(listener)
            }
        } catch {
            try? await broker.deleteQueue("\(name).events")  // the test's own error is the one to see
            throw error
        }
        try await broker.deleteQueue("\(name).events")
    }
}

/// Runs the relay of a spine.
func withRelay(of speaker: Spine, _ body: @Sendable () async throws -> Void) async throws {
    let publisher = Publisher(try BrokerControl.shared().endpoint, logger: speaker.logger)
    try await serving([publisher, Relay(speaker, publisher)], body)
}

/// Runs services while `body` runs, and stops them gracefully.
func serving(_ services: [any Service], _ body: @Sendable () async throws -> Void) async throws {
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

extension Spine {
    /// Journals events, one transaction each.
    func say(_ reasons: String..., about subject: String) async throws {
        for reason in reasons {
            try await perform(Cause(actor: "test")) { work in
                try await work.publish(Toy.discarded(reason), about: subject)
            }
        }
    }

    /// What was written down, once there is so much of it.
    func effects(atLeast count: Int) async throws -> [String] {
        try await eventually("there are \(count) effects") { try await effects().count >= count }
        return try await effects()
    }
}
