public import Contracts

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
    /// Whose messages are handled together.
    enum Kin: Hashable, Sendable {
        case messages(String)
        /// The projection of this name, which gets all of a batch that feeds it at once.
        case projection(String)

        var isProjection: Bool {
            switch self {
            case .projection: true
            case .messages: false
            }
        }
    }

    public let name: MessageName
    let kin: Kin
    let handle: @Sendable ([Received], Work) async throws -> Void

    private init(
        _ name: MessageName,
        _ kin: Kin? = nil,
        _ handle: @escaping @Sendable ([Received], Work) async throws -> Void
    ) {
        self.name = name
        self.kin = kin ?? .messages(name.text)
        self.handle = handle
    }

    /// Handles messages one after another.
    public static func on<Message: Contract>(
        _ type: Message.Type,
        _ handle: @escaping @Sendable (Arrival<Message>, Work) async throws -> Void
    ) -> Subscription {
        Subscription(type.name) { received, work in
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
        Subscription(type.name) { received, work in
            try await handle(
                received.map { Arrival(message: try $0.data(as: type), envelope: $0.envelope) },
                work
            )
        }
    }

    /// Handles all messages of several types that a batch holds at once, in the order in which they came.
    public static func batch(
        _ kin: String,
        of names: [MessageName],
        _ handle: @escaping @Sendable ([Received], Work) async throws -> Void
    ) -> [Subscription] {
        names.map { Subscription($0, .messages(kin), handle) }
    }

    /// Feeds a projection with other services' events; its own reach it without a detour.
    public static func projecting(_ projection: Projection, except service: String) -> [Subscription] {
        projection.names.filter { $0.service != service }.sorted { $0.text < $1.text }.map { name in
            Subscription(name, .projection(projection.name)) { try await projection.apply($0, $1) }
        }
    }
}
