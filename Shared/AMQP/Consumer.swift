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
        /// How long the connection stays for the last acknowledgements after shutdown was asked for.
        public var grace = Duration.seconds(20)

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
