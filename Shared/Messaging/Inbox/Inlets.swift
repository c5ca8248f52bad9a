public import AMQP
public import ServiceLifecycle

/// The services that one inlet needs: the consumer and the loop of its retries.
public struct InletServices: Sendable {
    public let queue: String
    public let services: [any Service]
    /// What the consumer's connection does now.
    public let state: @Sendable () -> ConnectionState
    /// How full the queue is; nil while there is no connection.
    public let look: @Sendable () -> QueueLook?

    public init(_ inlet: some Inlet, _ spine: Spine, _ endpoint: Endpoint) {
        let consumer = InletService(inlet, spine, endpoint)
        queue = inlet.queue
        services = [consumer, RetryLoop(inlet, spine)]
        state = { consumer.state }
        look = { consumer.look }
    }

    /// What a service hears of the others, on `<service>.events`.
    public static func events(_ subscriptions: [Subscription], _ spine: Spine, _ endpoint: Endpoint) -> InletServices {
        InletServices(
            EventInlet(
                service: spine.service,
                subscriptions: subscriptions,
                turnsApart: spine.pace.events
            ),
            spine,
            endpoint
        )
    }

    /// What the broker gave up, on `<service>.dead`.
    public static func dead(_ spine: Spine, _ endpoint: Endpoint) -> InletServices {
        InletServices(DeadQueueInlet(service: spine.service), spine, endpoint)
    }
}
