import AMQP
import Contracts
import Foundation
import Postgres
import ServiceLifecycle
import TestSupport
import Testing

@testable import Messaging

/// Suites of services that talk over the real broker.
///
/// One test after another, since every listener hears all that is said on the broker, and one relay leads per service and
/// database.
@Suite("Over the broker", .serialized)
struct OverTheBroker {}

/// A speaker with a relay and a listener.
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

/// A spine that hears of events over the broker, with a queue of its own which is deleted afterwards.
///
/// `endpoint` and `database` are where its inlet finds the servers, if not where all others do.
func withListener(
    _ subscriptions: [Subscription] = [Toy.subscription],
    at endpoint: Endpoint? = nil,
    on database: String? = nil,
    keepsQueue: Bool = false,
    _ body: @Sendable (Spine) async throws -> Void
) async throws {
    let name = "toy\(UUID().uuidString.prefix(8).lowercased())"
    let broker = try BrokerControl.shared()
    try await withSpine(name) { listener in
        try await listener.makeEffects()
        do {
            try await listener.over(database ?? TestServers.databaseURL) { spine in
                let inlet = InletServices.events(subscriptions, spine, endpoint ?? broker.endpoint)
                try await serving(inlet.services) {
                    // The queue must stand before anything is said.
                    try await eventually("it consumes") { inlet.state() == .running }
                    try await body(listener)
                }
            }
        } catch {
            // The test's own error is the one to see.
            if !keepsQueue { try? await broker.deleteQueue("\(name).events") }
            throw error
        }
        if !keepsQueue { try await broker.deleteQueue("\(name).events") }
    }
}

/// Runs the relay of a spine.
func withRelay(of speaker: Spine, at endpoint: Endpoint? = nil, _ body: @Sendable () async throws -> Void) async throws
{
    let publisher = Publisher(try endpoint ?? BrokerControl.shared().endpoint, logger: speaker.logger)
    try await serving([publisher, Relay(speaker, publisher)], body)
}

/// Gives the address of a proxy in front of the server at `url`.
func throughProxy(to url: String, _ body: @Sendable (FaultProxy, String) async throws -> Void) async throws {
    var components = try #require(URLComponents(string: url))
    let port = try #require(components.port)
    try await FaultProxy.running(to: port) { proxy in
        components.port = proxy.port
        try await body(proxy, try #require(components.string))
    }
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
    /// The same service over another way to the same schema.
    func over(_ url: String, _ body: (Spine) async throws -> Void) async throws {
        let schema: String? = try await read { tx in
            try await tx.first("SELECT current_schema()::text AS name") { try $0["name"] }
        }
        var configuration = Database.Configuration(url: url)
        configuration.schema = schema
        let database = Database(configuration, logger: logger)
        do {
            try await body(Spine(service: service, database: database, clock: ServiceClock(), logger: logger))
            await database.close()
        } catch {
            await database.close()
            throw error
        }
    }

    /// Ends the session of whichever relay leads.
    func dethroneRelay() async throws {
        _ = try await database.transaction { tx in
            try await tx.rows(
                """
                SELECT pg_terminate_backend(pid) FROM pg_locks
                 WHERE locktype = 'advisory' AND granted AND objsubid = 1
                   AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
                   AND (classid::bigint << 32) | objid::bigint = \(AdvisoryLock.key("lintel.relay.\(service)"))
                """
            )
        }
    }

    /// Journals events, one transaction each.
    func say(_ reasons: String..., about subject: String) async throws {
        for reason in reasons {
            try await perform(Cause(actor: "test")) { work in
                try await work.publish(Toy.discarded(reason), about: subject)
            }
        }
    }

    /// What was written down, once there is so much of it.
    func effects(atLeast count: Int, within limit: Duration = .seconds(30)) async throws -> [String] {
        try await eventually("there are \(count) effects", within: limit) { try await effects().count >= count }
        return try await effects()
    }
}
