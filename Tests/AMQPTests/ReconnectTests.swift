import AMQP
import TestSupport
import Testing

@Suite("Reconnecting")
struct ReconnectTests {
    @Test("after the broker closes the connection a later message is received")
    func closedByBroker() async throws {
        try await withQueue("closed") { broker, queue in
            let publisher = Publisher(broker.endpoint(named: queue), logger: quiet)
            let reader = Reader(Consumer(broker.endpoint(named: "\(queue).in"), .init(queue: queue), logger: quiet))
            try await running([publisher, reader]) {
                #expect(await publisher.publish([.text("before", to: queue)]) == [.confirmed])
                try await eventually("it arrives") { reader.bodies == ["before"] }
                try await broker.closeConnection("\(queue).in")
                try await broker.closeConnection(queue)
                try await eventually("a later message is confirmed") {
                    await publisher.publish([.text("after", to: queue)]) == [.confirmed]
                }
                try await eventually("and received") { reader.bodies.contains("after") }
            }
        }
    }

    @Test("after its queue was deleted the consumer declares and binds it anew")
    func queueDeleted() async throws {
        try await withQueue("deleted") { broker, queue in
            let exchange = unique("exchange")
            try await broker.declareExchange(exchange)
            var configuration = Consumer.Configuration(queue: queue)
            configuration.declarations = [
                .exchangeExists(exchange), .quorumQueue(queue, singleActiveConsumer: false),
                .binding(queue: queue, exchange: exchange, routingKey: "a.*"),
            ]
            let publisher = Publisher(broker.endpoint(named: queue), logger: quiet)
            let reader = Reader(Consumer(broker.endpoint(named: queue), configuration, logger: quiet))
            try await running([publisher, reader]) {
                try await eventually("a message arrives") {
                    await publisher.publish([.text("before", exchange: exchange, to: "a.b")]) == [.confirmed]
                }
                try await eventually("it arrives") { reader.bodies == ["before"] }
                try await broker.deleteQueue(queue)
                try await eventually("a later message finds a queue") {
                    await publisher.publish([.text("after", exchange: exchange, to: "a.b")]) == [.confirmed]
                }
                try await eventually("and is received") { reader.bodies.contains("after") }
            }
            try await broker.deleteExchange(exchange)
        }
    }

    @Test("a queue with other arguments is topology drift, until it is mended")
    func drift() async throws {
        try await withQueue("drift") { broker, queue in
            var configuration = Consumer.Configuration(queue: queue)
            configuration.declarations = [.quorumQueue(queue, singleActiveConsumer: true)]
            let consumer = Consumer(broker.endpoint(named: queue), configuration, logger: quiet)
            let reader = Reader(consumer)
            try await running([reader]) {
                try await eventually("drift is seen") {
                    if case .topologyDrift(let reason) = consumer.state { reason.contains("406") } else { false }
                }
                try await broker.deleteQueue(queue)
                try await eventually("it is mended") { consumer.state == .running }
                #expect(try await broker.queue(queue).arguments.isSingle == true)
            }
        }
    }

    @Test("a missing exchange is topology drift of a publisher, until somebody makes it")
    func missingExchange() async throws {
        let broker = try BrokerControl.shared()
        let exchange = unique("missing")
        let publisher = Publisher(
            broker.endpoint(named: exchange),
            declaring: [.exchangeExists(exchange)],
            logger: quiet
        )
        try await running([publisher]) {
            try await eventually("drift is seen") {
                if case .topologyDrift(let reason) = publisher.state { reason.contains("404") } else { false }
            }
            try await broker.declareExchange(exchange)
            try await eventually("it is mended") { publisher.state == .running }
        }
        try await broker.deleteExchange(exchange)
    }

    @Test("a wrong password is said in the state")
    func wrongPassword() async throws {
        let broker = try BrokerControl.shared()
        var endpoint = broker.endpoint(named: unique("password"))
        endpoint.password = "wrong"
        let publisher = Publisher(endpoint, logger: quiet)
        try await running([publisher]) {
            try await eventually("the broker's words arrive") {
                if case .connecting(_, let error?) = publisher.state { error.contains("ACCESS_REFUSED") } else { false }
            }
        }
    }
}
