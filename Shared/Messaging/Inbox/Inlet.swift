public import AMQP

/// A queue from which a service takes messages, and what it does with them.
public protocol Inlet: Sendable {
    /// What ``open(_:)`` makes of a delivery.
    associatedtype Content: Sendable

    /// The queue's name, which is the inlet's too.
    var queue: String { get }
    /// Which routing keys of which exchanges the queue is bound to.
    var bindings: [InletBinding] { get }
    /// Whether one replica takes everything, so that order is kept, while the others stand by.
    var isOrdered: Bool { get }
    /// Whether a message id that was seen before is dropped. False when the inlet knows repetitions by other means.
    var deduplicates: Bool { get }
    /// How many messages are handled in one transaction at most.
    var batchLimit: Int { get }
    /// Into how many parts a big batch is cut that share no order key and are handled at once.
    var partsAtOnce: Int { get }
    /// How far apart the beginnings of two batches are at least; zero when somebody waits for each.
    var turnsApart: Duration { get }

    /// Reads what is needed to file the message, and as much of it as can be read before its turn.
    ///
    /// Of a full queue the next batch is read while the one before it is stored.
    /// - Throws: a ``Failures/Rejection`` when it cannot be read; the message then becomes a dead letter at once.
    func open(_ delivery: Delivery) throws -> Incoming<Content>

    /// The content, told where in its trace it is handled: what follows from it follows from there.
    func traced(_ content: Content, as traceparent: String) -> Content

    /// Whether the message is whole, as far as can be told without handling it.
    ///
    /// Asked of a message that somebody hands in again.
    /// - Throws: a ``Failures/Rejection`` that names the field.
    func check(_ message: Incoming<Content>) throws

    /// Handles messages in the transaction that notes them as handled.
    func handle(_ batch: [Incoming<Content>], _ work: Work) async throws
}

extension Inlet {
    public func traced(_ content: Content, as traceparent: String) -> Content { content }
    public func check(_ message: Incoming<Content>) throws {}
    public var batchLimit: Int { 100 }
    public var partsAtOnce: Int { 1 }
    public var turnsApart: Duration { .zero }
}

/// A binding of an inlet's queue.
public struct InletBinding: Sendable, Equatable {
    public let exchange: String
    public let routingKey: String

    public init(exchange: String, routingKey: String) {
        self.exchange = exchange
        self.routingKey = routingKey
    }
}

/// A message that has arrived at an inlet.
public struct Incoming<Content: Sendable>: Sendable {
    /// Who vouches for the id: the envelope's source.
    public let source: String
    /// Unique within its source.
    public let messageID: String
    /// The message's name, as far as it is known.
    public let name: String?
    /// Messages that share a key are handled in the order in which they came, also when one of them must be retried.
    public let orderKeys: [String]
    public internal(set) var content: Content
    public let delivery: Delivery
    /// W3C trace context, as the sender gave it.
    public let traceparent: String?

    public init(
        source: String,
        messageID: String,
        name: String?,
        orderKeys: [String],
        content: Content,
        delivery: Delivery,
        traceparent: String? = nil
    ) {
        self.source = source
        self.messageID = messageID
        self.name = name
        self.orderKeys = orderKeys
        self.content = content
        self.delivery = delivery
        self.traceparent = traceparent
    }
}
