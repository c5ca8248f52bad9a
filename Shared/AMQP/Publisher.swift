public import Logging
public import ServiceLifecycle

/// Publishes over one connection with one channel in confirm mode, and reconnects for ever.
public final class Publisher: Service {
    /// How much may be unconfirmed at once.
    public struct Window: Sendable {
        public var messages = 500
        public var bytes = 1 << 20
        public init() {}
    }

    public init(_ endpoint: Endpoint, declaring: [Declaration] = [], window: Window = Window(), logger: Logger) {}

    /// Keeps the connection until shutdown, then waits up to five seconds for open confirms and closes it.
    public func run() async throws { fatalError("not written yet") }

    /// Publishes the messages in order and returns the outcome of each, in the same order, once all are known.
    ///
    /// While the broker is away or blocked the call waits for at most `patience`, then ends in ``PublishOutcome/lost(reason:)``.
    /// Calls may overlap; each call's messages stay in order.
    public func publish(_ messages: [Message], patience: Duration = .seconds(10)) async -> [PublishOutcome] {
        fatalError("not written yet")
    }

    public var state: ConnectionState { fatalError("not written yet") }
}
