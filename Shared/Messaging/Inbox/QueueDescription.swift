/// A queue as its service declares it.
public struct QueueDescription: Codable, Sendable, Equatable {
    /// What it is bound to.
    public struct Binding: Codable, Sendable, Equatable {
        public let exchange: String
        public let routingKey: String
    }

    public let name: String
    public let isSingleActiveConsumer: Bool
    public let bindings: [Binding]

    init(_ inlet: some Inlet) {
        name = inlet.queue
        isSingleActiveConsumer = inlet.isOrdered
        bindings = inlet.bindings.map { Binding(exchange: $0.exchange, routingKey: $0.routingKey) }
    }

    /// Every queue that a service consumes: its own inlets, what it hears of others, and what the broker gave up.
    public static func all(
        service: String,
        inlets: [any Inlet],
        subscriptions: [Subscription]
    ) -> [QueueDescription] {
        inlets.map { QueueDescription($0) }
            + [
                QueueDescription(EventInlet(service: service, subscriptions: subscriptions)),
                QueueDescription(DeadQueueInlet(service: service)),
            ]
    }
}
