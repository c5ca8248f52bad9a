import AMQP
import Foundation
import Logging
import ServiceLifecycle
import Synchronization
import TestSupport
import Testing

/// Waits for a condition, and fails when it does not come in time; on a busy or slow machine there is more of it.
func eventually(
    _ what: Comment,
    within limit: Duration = .seconds(30),
    sourceLocation: SourceLocation = #_sourceLocation,
    _ condition: () async throws -> Bool
) async throws {
    let began = ContinuousClock.now
    while began.duration(to: .now) < onThisMachine(limit) {
        if try await condition() { return }
        try await Task.sleep(for: .milliseconds(20))
    }
    let isMet = try await condition()
    try #require(isMet, what, sourceLocation: sourceLocation)
}

/// Runs the services while the body runs, then shuts them down gracefully and waits for them.
func running<Result>(_ services: [any Service], _ body: () async throws -> Result) async throws -> Result {
    let group = ServiceGroup(services: services, logger: quiet)
    return try await withThrowingTaskGroup(of: Void.self) { tasks in
        tasks.addTask { try await group.run() }
        let result = try await body()
        await group.triggerGracefulShutdown()
        try await tasks.waitForAll()
        return result
    }
}

let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

/// A consumer with somebody who reads it.
final class Reader: Service {
    let consumer: Consumer
    private let settles: Bool
    private let read = Mutex<[Delivery]>([])

    init(_ consumer: Consumer, settles: Bool = true) {
        self.consumer = consumer
        self.settles = settles
    }

    var deliveries: [Delivery] { read.withLock { $0 } }
    var bodies: [String] { deliveries.map { String(decoding: $0.body, as: UTF8.self) } }

    func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await self.consumer.run() }
            for await batch in consumer.batches {
                read.withLock { $0 += batch }
                if settles { consumer.settle(batch.map(\.tag)) }
            }
            consumer.finish()
            try await tasks.waitForAll()
        }
    }
}

extension Message {
    static func text(_ text: String, exchange: String = "", to routingKey: String) -> Message {
        Message(exchange: exchange, routingKey: routingKey, properties: Properties(), body: Array(text.utf8))
    }
}

/// A name that no other test uses.
func unique(_ name: String) -> String { "test.\(name).\(UUID().uuidString.prefix(8).lowercased())" }

/// A fresh quorum queue on the shared broker, deleted afterwards.
func withQueue(_ name: String, _ body: (BrokerControl, String) async throws -> Void) async throws {
    let broker = try BrokerControl.shared()
    let queue = unique(name)
    try await broker.declareQueue(queue)
    do {
        try await body(broker, queue)
    } catch {
        try? await broker.deleteQueue(queue)  // the test's own error is the one to see
        throw error
    }
    try await broker.deleteQueue(queue)
}
