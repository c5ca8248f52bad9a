public import Logging
public import ServiceLifecycle

/// Consumes one queue over one connection with one channel, and reconnects for ever.
///
/// ```swift
/// for await batch in consumer.batches {
///     try await store(batch)
///     consumer.settle(batch.map(\.tag))
/// }
/// consumer.finish()
/// ```
public final class Consumer: Service {
    public struct Configuration: Sendable {
        public var queue: String
        /// Asserted on every connection, before consuming.
        public var declarations: [Declaration] = []
        /// Deliveries that may be unacknowledged at once.
        public var prefetch = 500
        /// Deliveries in one batch at most.
        ///
        /// A batch is whatever has arrived: one message under light load.
        public var batchSize = 100
        /// Whether the queue has a single active consumer, so that what is delivered is handled in its order.
        ///
        /// A consumer that is cancelled loses the queue to the next one at once, also while it still handles what it was
        /// given. So at a graceful stop this one keeps the queue until its reader has finished, and takes nothing more.
        public var isOrdered = false
        /// How long the connection stays for the last acknowledgements after shutdown was asked for.
        public var grace = Duration.seconds(20)
        /// The name of an exchange by which the consumer notices that its queue was deleted and made again at once, of
        /// which RabbitMQ 3.10 does not tell it; nil leaves that unnoticed.
        ///
        /// The consumer makes it (transient, auto-delete, internal) and removes it at a graceful stop. Each consumer of a
        /// queue needs one of its own; the same process should choose the same name again after a crash.
        public var marker: String?
        /// How often the marker is looked for.
        public var watchInterval = Duration.seconds(10)

        public init(queue: String) { self.queue = queue }
    }

    enum Settlement: Sendable {
        case settled([Delivery.Tag])
        case finished
    }

    /// What arrives, in order, in batches of one or more deliveries of the same epoch.
    ///
    /// For one reader only. A delivery that is not settled stays unacknowledged; nothing is yielded again before the
    /// broker redelivers it on a new epoch.
    public let batches: AsyncStream<[Delivery]>

    private let owner: Owner
    private let configuration: Configuration
    private let queue: DeliveryQueue
    private let settlements = Inbox<Settlement>()
    private let lastLook = LastLook()

    public init(_ endpoint: Endpoint, _ configuration: Configuration, logger: Logger) {
        owner = Owner(endpoint, declaring: configuration.declarations, logger: logger)
        self.configuration = configuration
        let queue = DeliveryQueue(batchSize: configuration.batchSize)
        self.queue = queue
        batches = AsyncStream(unfolding: { await queue.next() }, onCancel: { queue.dismissReader() })
    }

    /// Keeps the connection until shutdown: cancels the consumer, waits for cancel-ok, ends ``batches``, goes on
    /// acknowledging what is settled until ``finish()`` is called or the grace period ends, then closes.
    ///
    /// Of an ordered queue nothing that is unread is read any more, and the consumer goes with the connection.
    ///
    /// To be called once.
    public func run() async throws {
        await owner.run { [configuration, queue, settlements, lastLook] in
            ConsumeRole(configuration, queue: queue, settlements: settlements, look: lastLook)
        }
    }

    /// Says that these deliveries are done with.
    ///
    /// The contiguous watermark of what is settled is acknowledged with one `basic.ack(multiple)`; tags of an earlier
    /// epoch are dropped, since the broker redelivers them anyway.
    public func settle(_ tags: [Delivery.Tag]) { tell(.settled(tags)) }

    /// Whoever reads ``batches`` has settled all it wants to settle after they ended.
    public func finish() { tell(.finished) }

    private func tell(_ settlement: Settlement) {
        // After the end of run() there is nothing left to acknowledge on.
        _ = settlements.put(settlement)
        owner.bell.ring()
    }

    /// Closes the connection so that the broker takes back what is unacknowledged, and connects again.
    public func reconnect() { owner.reconnect() }

    public var state: ConnectionState { owner.state }

    /// How full the queue is, as of two seconds ago at most; nil while there is no connection.
    public var look: QueueLook? { lastLook.value }
}
