public import AMQP
import Logging
public import ServiceLifecycle

/// Consumes an inlet's queue: batches are settled in transactions and then acknowledged.
public struct InletService<Source: Inlet>: Service {
    private let consumer: Consumer
    private let processor: InboxProcessor<Source>
    private let spine: Spine
    private let queue: String
    private let batchLimit: Int
    private let turnsApart: Duration

    public init(_ inlet: Source, _ spine: Spine, _ endpoint: Endpoint) {
        var configuration = Consumer.Configuration(queue: inlet.queue)
        configuration.declarations = inlet.declarations
        configuration.marker = "\(inlet.queue).watch.\(spine.replica)"
        configuration.batchSize = inlet.batchLimit
        configuration.isOrdered = inlet.isOrdered
        // One batch is handled, one is read, one is on its way.
        configuration.prefetch = max(500, inlet.batchLimit * 3)
        consumer = Consumer(endpoint.named("consume \(inlet.queue)"), configuration, logger: spine.logger)
        processor = InboxProcessor(inlet, spine)
        self.spine = spine
        queue = inlet.queue
        batchLimit = inlet.batchLimit
        turnsApart = inlet.turnsApart
    }

    /// What the connection does now.
    public var state: ConnectionState { consumer.state }

    /// How full the queue is; nil while there is no connection.
    public var look: QueueLook? { consumer.look }

    public func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await consumer.run() }
            group.addTask { await consume() }
            try await group.waitForAll()
        }
    }

    /// Takes batch after batch: what arrives while one is stored makes the next one bigger.
    ///
    /// After a full one there is more already: that is read meanwhile, so that the database need not wait for it.
    private func consume() async {
        var batches = consumer.batches.makeAsyncIterator()
        var turns = Turns(apart: turnsApart)
        var ahead: Batch?
        /// The epoch of a batch that was given back to the broker: what was delivered behind it is too.
        var given: UInt64?
        while true {
            var current = ahead
            ahead = nil
            if current == nil {
                await turns.next()
                current = await batches.next().map(read)
            }
            guard let batch = current else { break }
            guard batch.epoch != given else { continue }
            async let isSettled = settle(batch)
            if batch.deliveries.count == batchLimit { ahead = await batches.next().map(read) }
            if await !isSettled { given = batch.epoch }
        }
        consumer.finish()
    }

    private struct Batch: Sendable {
        let deliveries: [Delivery]
        let readings: [Reading<Source.Content>]

        /// All of a batch are of one.
        var epoch: UInt64? { deliveries.first?.tag.epoch }
    }

    private func read(_ deliveries: [Delivery]) -> Batch {
        Batch(deliveries: deliveries, readings: deliveries.map(processor.read))
    }

    /// Settles a batch and says so to the broker; returns false when it was given back instead.
    private func settle(_ batch: Batch) async -> Bool {
        guard await settlePatiently(batch.readings) else { return false }
        Failpoint.hit(Source.self == DeadQueueInlet.self ? "dead-queue.before-ack" : "inbox.before-ack")
        consumer.settle(batch.deliveries.map(\.tag))
        return true
    }

    /// Settles a batch, which others make way for where somebody waits for it.
    private func settled(_ batch: [Reading<Source.Content>]) async throws {
        guard turnsApart == .zero else { return try await processor.settle(batch) }
        try await spine.rush.during { try await processor.settle(batch) }
    }

    /// Settles a batch, however long the database is away; returns false when it was given back to the broker instead.
    ///
    /// After a minute the connection is closed, so that the deliveries return to the queue before the broker's
    /// acknowledgement time-out would close the channel.
    private func settlePatiently(_ batch: [Reading<Source.Content>]) async -> Bool {
        let deadline = ContinuousClock.now + .seconds(60)
        var pause = Duration.milliseconds(200)
        while true {
            do {
                try await settled(batch)
                return true
            } catch {
                spine.logger.warning(
                    "a batch waits for the database",
                    metadata: ["inlet": "\(queue)", "batch.size": "\(batch.count)", "error": "\(error)"]
                )
                if Task.isCancelled || Task.isShuttingDownGracefully { return false }
                if ContinuousClock.now > deadline {
                    consumer.reconnect()
                    return false
                }
                try? await Task.sleep(for: pause * Double.random(in: 0.5...1))
                pause = min(pause * 2, .seconds(5))
            }
        }
    }
}

extension Inlet {
    /// What must stand before the queue can be consumed.
    var declarations: [Declaration] {
        bindings.map { Declaration.exchangeExists($0.exchange) }
            + [.quorumQueue(queue, singleActiveConsumer: isOrdered)]
            + bindings.map { .binding(queue: queue, exchange: $0.exchange, routingKey: $0.routingKey) }
    }
}
