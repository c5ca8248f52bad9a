public import Logging
public import ServiceLifecycle

/// Consumes one queue over one connection with one channel, and reconnects for ever.
///
/// ```swift
/// for await batch in consumer.batches {
///     try await store(batch)
///     consumer.settle(batch.map(\.tag))
/// }
/// ```
public final class Consumer: Service {
    public struct Configuration: Sendable {
        public var queue: String
        /// Asserted on every connection, before consuming.
        public var declarations: [Declaration] = []
        /// Deliveries that may be unacknowledged at once.
        public var prefetch = 500
        /// Deliveries in one batch at most. A batch is whatever has arrived: one message under light load.
        public var batchSize = 100

        public init(queue: String) { self.queue = queue }
    }

    public init(_ endpoint: Endpoint, _ configuration: Configuration, logger: Logger) {}

    /// Keeps the connection until shutdown: cancels the consumer, waits for cancel-ok, ends ``batches``, goes on
    /// acknowledging what is settled until ``finish()`` is called or the grace period ends, then closes.
    public func run() async throws { fatalError("not written yet") }

    /// What arrives, in order, in batches of one or more deliveries of the same epoch. For one reader only. A delivery that is not settled stays
    /// unacknowledged; nothing is yielded again before the broker redelivers it on a new epoch.
    public var batches: AsyncStream<[Delivery]> { fatalError("not written yet") }

    /// Says that these deliveries are done with. The contiguous watermark of what is settled is acknowledged with one
    /// `basic.ack(multiple)`; tags of an earlier epoch are dropped, since the broker redelivers them anyway.
    public func settle(_ tags: [Delivery.Tag]) { fatalError("not written yet") }

    /// Whoever reads ``batches`` has settled all it wants to settle after they ended.
    public func finish() { fatalError("not written yet") }

    /// Closes the connection so that the broker takes back what is unacknowledged, and connects again.
    public func reconnect() { fatalError("not written yet") }

    public var state: ConnectionState { fatalError("not written yet") }
}
