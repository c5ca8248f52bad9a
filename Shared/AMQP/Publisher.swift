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

    private let owner: Owner
    private let inbox = Inbox<PublishRequest>()
    private let window: Window

    public init(_ endpoint: Endpoint, declaring: [Declaration] = [], window: Window = Window(), logger: Logger) {
        owner = Owner(endpoint, declaring: declaring, logger: logger)
        self.window = window
    }

    /// Keeps the connection until shutdown, then waits up to five seconds for open confirms and closes it.
    ///
    /// To be called once.
    public func run() async throws {
        await owner.run { [inbox, window, owner] in
            PublishRole(inbox, user: owner.endpoint.user, window: window, meters: owner.meters)
        }
    }

    /// Publishes the messages in order and returns the outcome of each, in the same order, once all are known.
    ///
    /// While the broker is away, blocked or slow the call waits for at most `patience`; what is unknown then ends in
    /// ``PublishOutcome/lost(reason:)``. Calls may overlap; each call's messages stay in order. When the connection
    /// dies in the middle of a call, the rest of that call is lost too and is not sent later. Messages without a
    /// `message_id` get one. A call made before ``run()`` waits for it; one made after it has ended is lost at once.
    public func publish(_ messages: [Message], patience: Duration = .seconds(10)) async -> [PublishOutcome] {
        guard !messages.isEmpty else { return [] }
        let deadline = ContinuousClock.now + patience
        return await withCheckedContinuation { continuation in
            let request = PublishRequest(messages: messages, deadline: deadline, continuation: continuation)
            guard inbox.put(request) else {
                return request.end(with: .lost(reason: "the publisher has stopped"))
            }
            owner.bell.ring()
        }
    }

    public var state: ConnectionState { owner.state }
}
