import AMQP
import Foundation
import TestSupport
import Testing

@Suite("A broker in trouble", .serialized)
struct BrokerTroubleTests {
    @Test("blocked under a memory alarm is seen, publishing resumes after it, and a restart is survived")
    func alarmAndRestart() async throws {
        try await PrivateBroker.running { broker in
            let queue = unique("trouble")
            var configuration = Consumer.Configuration(queue: queue)
            configuration.declarations = [.quorumQueue(queue, singleActiveConsumer: false)]
            let publisher = Publisher(broker.endpoint, logger: quiet)
            let reader = Reader(Consumer(broker.endpoint, configuration, logger: quiet))
            try await running([publisher, reader]) {
                try await eventually("it starts") { reader.consumer.state == .running }
                try await seesAlarm(broker, publisher, reader, queue)
                try await broker.restart()
                try await eventually("a later message is confirmed", within: .seconds(60)) {
                    await publisher.publish([.text("restarted", to: queue)]) == [.confirmed]
                }
                try await eventually("and received") { reader.bodies.contains("restarted") }
            }
        }
    }

    private func seesAlarm(
        _ broker: PrivateBroker,
        _ publisher: Publisher,
        _ reader: Reader,
        _ queue: String
    ) async throws {
        #expect(await publisher.publish([.text("before", to: queue)]) == [.confirmed])
        try await broker.control("set_vm_memory_high_watermark", "0.00001")
        let start = ContinuousClock.now
        let outcomes = await publisher.publish([.text("during", to: queue)], patience: .seconds(5))
        #expect(outcomes == [.lost(reason: "the broker is blocked")])
        #expect(start.duration(to: .now) < onThisMachine(.seconds(10)))
        guard case .blocked = publisher.state else {
            Issue.record("\(publisher.state)")
            return
        }
        #expect(reader.consumer.state == .running)
        try await broker.control("set_vm_memory_high_watermark", "absolute", "1GB")
        try await eventually("it is unblocked") { publisher.state == .running }
        #expect(await publisher.publish([.text("resumed", to: queue)]) == [.confirmed])
        try await eventually("it arrives") { reader.bodies.contains("resumed") }
    }

    @Test("a broker that falls silent is noticed by its heartbeats, and found again when it wakes")
    func silence() async throws {
        try await PrivateBroker.running { broker in
            var endpoint = broker.endpoint
            endpoint.heartbeat = 1
            let publisher = Publisher(endpoint, logger: quiet)
            try await running([publisher]) {
                try await eventually("it connects") { publisher.state == .running }
                try broker.freeze(true)
                try await eventually("it is given up") { publisher.state != .running }
                try broker.freeze(false)
                try await eventually("it is found again", within: .seconds(60)) { publisher.state == .running }
            }
        }
    }

    @Test("a publish that hangs in the kernel does not hang the shutdown")
    func hangingPublish() async throws {
        try await PrivateBroker.running { broker in
            var window = Publisher.Window()
            window.bytes = 256 << 20  // far more than the kernel takes while nobody reads
            let publisher = Publisher(broker.endpoint, window: window, logger: quiet)
            let body = [UInt8](repeating: 1, count: 8 << 20)
            let message = Message(exchange: "", routingKey: "nowhere", properties: Properties(), body: body)
            let frozen = AsyncStream.makeStream(of: Void.self)
            async let outcomes = publish(message, times: 16, through: publisher, after: frozen.stream)
            let stopped = try await running([publisher]) {
                try await eventually("it connects") { publisher.state == .running }
                try broker.freeze(true)
                frozen.continuation.finish()
                let start = ContinuousClock.now
                try await eventually("its patience of a second is long over") { start.duration(to: .now) > .seconds(3) }
                return ContinuousClock.now
            }
            #expect(stopped.duration(to: .now) > .seconds(2), "nothing hung")
            #expect(stopped.duration(to: .now) < onThisMachine(.seconds(15)))
            for outcome in await outcomes {
                guard case .lost = outcome else {
                    Issue.record("\(outcome)")
                    continue
                }
            }
            try broker.freeze(false)
        }
    }

    private func publish(
        _ message: Message,
        times: Int,
        through publisher: Publisher,
        after signal: AsyncStream<Void>
    ) async -> [PublishOutcome] {
        for await _ in signal {}
        return await publisher.publish(Array(repeating: message, count: times), patience: .seconds(1))
    }
}
