import AMQP

extension Spine {
    /// Takes events through the inbox as if the broker had delivered them in one batch: for tests and replays.
    ///
    /// As if they were sent again to this service alone, where a `route` is given.
    package func settleEvents(
        _ entries: [JournalEntry],
        with subscriptions: [Subscription],
        by route: ReplayRoute? = nil
    ) async throws {
        let inlet = EventInlet(service: service, subscriptions: subscriptions)
        let deliveries = entries.enumerated().map { index, entry in
            let message = entry.message
            return Delivery(
                tag: Delivery.Tag(epoch: 0, number: UInt64(index + 1)),
                exchange: message.exchange,
                routingKey: route?.routingKey ?? message.routingKey,
                isRedelivered: false,
                properties: message.properties,
                body: message.body
            )
        }
        try await InboxProcessor(inlet, self).settle(deliveries)
    }

    /// Takes one delivery with this body through the inbox, whatever is in it: for tests.
    package func settle(bytes body: [UInt8], with subscriptions: [Subscription]) async throws {
        let delivery = Delivery(
            tag: Delivery.Tag(epoch: 0, number: 1),
            exchange: "lintel.events",
            routingKey: "unknown",
            isRedelivered: false,
            properties: Properties(),
            body: body
        )
        let inlet = EventInlet(service: service, subscriptions: subscriptions)
        try await InboxProcessor(inlet, self).settle([delivery])
    }

    /// Handles everything that is parked and due: for tests.
    package func drainRetries(with subscriptions: [Subscription]) async throws {
        let loop = RetryLoop(EventInlet(service: service, subscriptions: subscriptions), self)
        while try await loop.handleNext() {}
    }
}
