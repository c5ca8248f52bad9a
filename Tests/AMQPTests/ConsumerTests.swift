import AMQP
import TestSupport
import Testing

@Suite("Consuming")
struct ConsumerTests {
    @Test("every byte value, an empty body and a big one arrive as they were sent")
    func bodies() async throws {
        try await withQueue("bodies") { broker, queue in
            let every = [UInt8](0...255)
            let big = (0..<500_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            let publisher = Publisher(broker.endpoint(named: queue), logger: quiet)
            let reader = Reader(Consumer(broker.endpoint(named: queue), .init(queue: queue), logger: quiet))
            try await running([publisher, reader]) {
                let messages = [every, [], big, [0]].map {
                    Message(exchange: "", routingKey: queue, properties: Properties(), body: $0)
                }
                let outcomes = await publisher.publish(messages)
                #expect(outcomes == Array(repeating: .confirmed, count: 4))
                try await eventually("all arrive") { reader.deliveries.count == 4 }
                #expect(reader.deliveries.map(\.body) == [every, [], big, [0]])
            }
        }
    }

    @Test("after reconnect() what was not settled comes again and says so, in a new epoch")
    func redelivery() async throws {
        try await withQueue("again") { broker, queue in
            let publisher = Publisher(broker.endpoint(named: queue), logger: quiet)
            let consumer = Consumer(broker.endpoint(named: queue), .init(queue: queue), logger: quiet)
            let reader = Reader(consumer, settles: false)
            try await running([publisher, reader]) {
                #expect(await publisher.publish([.text("x", to: queue)]) == [.confirmed])
                try await eventually("it arrives") { reader.deliveries.count == 1 }
                consumer.reconnect()
                try await eventually("it arrives again") { reader.deliveries.count == 2 }
                let (first, second) = (reader.deliveries[0], reader.deliveries[1])
                #expect(!first.isRedelivered && first.deliveryCount == 0)
                #expect(second.isRedelivered && second.deliveryCount == 1)
                #expect(second.tag.epoch == first.tag.epoch + 1)
                consumer.settle([first.tag])  // of the epoch before: means nothing now
                consumer.settle([second.tag])
                try await eventually("it is acknowledged") { try await broker.queue(queue).unacknowledged == 0 }
            }
        }
    }

    @Test("acknowledgement stops at the first delivery that is not settled")
    func watermark() async throws {
        try await withQueue("watermark") { broker, queue in
            let publisher = Publisher(broker.endpoint(named: queue), logger: quiet)
            let consumer = Consumer(broker.endpoint(named: queue), .init(queue: queue), logger: quiet)
            let reader = Reader(consumer, settles: false)
            try await running([publisher, reader]) {
                _ = await publisher.publish((1...10).map { .text("\($0)", to: queue) })
                try await eventually("all arrive") { reader.deliveries.count == 10 }
                let tags = reader.deliveries.map(\.tag)
                consumer.settle(Array(tags[0..<4] + tags[6..<10]))
                try await eventually("four are gone") { try await broker.queue(queue).unacknowledged == 6 }
                consumer.settle(Array(tags[4..<6]))
                try await eventually("all are gone") { try await broker.queue(queue).unacknowledged == 0 }
            }
        }
    }

    @Test("no more than the prefetch is delivered while nothing is settled")
    func prefetch() async throws {
        try await withQueue("prefetch") { broker, queue in
            var configuration = Consumer.Configuration(queue: queue)
            configuration.prefetch = 7
            configuration.batchSize = 3
            let publisher = Publisher(broker.endpoint(named: queue), logger: quiet)
            let consumer = Consumer(broker.endpoint(named: queue), configuration, logger: quiet)
            let reader = Reader(consumer, settles: false)
            try await running([publisher, reader]) {
                _ = await publisher.publish((1...20).map { .text("\($0)", to: queue) })
                try await eventually("the broker counts seven") {
                    let state = try await broker.queue(queue)
                    return state.unacknowledged == 7 && state.ready == 13
                }
                try await eventually("they are read") { reader.deliveries.count == 7 }
                consumer.settle(reader.deliveries.map(\.tag))
                try await eventually("seven more arrive") { reader.deliveries.count == 14 }
            }
        }
    }

    @Test("a graceful stop in the middle of a flood loses nothing and repeats nothing that was settled")
    func gracefulStop() async throws {
        try await withQueue("stop") { broker, queue in
            let publisher = Publisher(broker.endpoint(named: queue), logger: quiet)
            let total = 5000
            var seen: [String] = []
            try await running([publisher]) {
                let outcomes = await publisher.publish(
                    (0..<total).map { .text("\($0)", to: queue) },
                    patience: .seconds(60)
                )
                #expect(outcomes.allSatisfy { $0 == .confirmed })
            }
            for _ in 0..<20 where seen.count < total {
                let reader = Reader(Consumer(broker.endpoint(named: queue), .init(queue: queue), logger: quiet))
                try await running([reader]) {
                    try await eventually("some arrive") {
                        reader.deliveries.count >= 500 || seen.count + reader.deliveries.count == total
                    }
                }
                seen += reader.bodies
            }
            #expect(seen.count == total)
            #expect(Set(seen) == Set((0..<total).map(String.init)))
        }
    }
}
