public import Contracts

/// A message that has arrived, with its data still as bytes.
public struct Received: Sendable {
    public let envelope: Envelope
    /// The whole message as it was received.
    public let body: [UInt8]
    /// The projection that it is sent again for, and for nothing else.
    let rebuilds: String?

    public init(envelope: Envelope, body: [UInt8]) {
        self.init(envelope: envelope, body: body, rebuilds: nil)
    }

    init(envelope: Envelope, body: [UInt8], rebuilds: String?) {
        self.envelope = envelope
        self.body = body
        self.rebuilds = rebuilds
    }

    public var cause: Cause { Cause(envelope) }

    /// Reads the data as the contract that its type names.
    /// - Throws: a ``Rejection`` that names the field and the rule.
    public func data<Message: Contract>(as type: Message.Type = Message.self) throws -> Message {
        try Envelope.data(type, of: body)
    }
}

/// A message that has arrived, decoded.
public struct Arrival<Message: Contract>: Sendable {
    public let message: Message
    public let envelope: Envelope

    public var cause: Cause { Cause(envelope) }
}

/// What a service does when it hears a message.
///
/// Handlers run in the transaction that notes the message as handled, so each message takes effect once, however often it
/// is delivered. `work.cause` is the batch's; use the arrival's own `cause` for what follows from it: inside
/// ``on(_:_:)`` it is already set.
public struct Subscription: Sendable {
    public let name: MessageName
    let handle: @Sendable ([Received], Work) async throws -> Void

    /// Handles messages one after another.
    public static func on<Message: Contract>(
        _ type: Message.Type,
        _ handle: @escaping @Sendable (Arrival<Message>, Work) async throws -> Void
    ) -> Subscription {
        Subscription(name: type.name) { received, work in
            for one in received {
                let arrival = Arrival(message: try one.data(as: type), envelope: one.envelope)
                try await handle(arrival, work.following(arrival.cause))
            }
        }
    }

    /// Handles all messages of the type that a batch holds at once: for hot paths, with set-based statements.
    public static func batch<Message: Contract>(
        _ type: Message.Type,
        _ handle: @escaping @Sendable ([Arrival<Message>], Work) async throws -> Void
    ) -> Subscription {
        Subscription(name: type.name) { received, work in
            try await handle(
                received.map { Arrival(message: try $0.data(as: type), envelope: $0.envelope) },
                work
            )
        }
    }

    /// Feeds a projection with other services' events; its own reach it without a detour.
    public static func projecting(_ projection: Projection, except service: String) -> [Subscription] {
        projection.names.filter { $0.service != service }.sorted { $0.text < $1.text }.map { name in
            Subscription(name: name) { received, work in try await projection.apply(received, work) }
        }
    }
}
