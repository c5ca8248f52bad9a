import CRabbitMQ
import TestSupport
import Testing

@testable import AMQP

@Suite("A queue that is deleted and made again at once")
struct WatchTests {
    @Test("is consumed again by everybody who consumed it, of which the broker says nothing")
    func competing() async throws {
        try await withQueue("remade") { broker, queue in
            let publisher = Publisher(broker.endpoint(named: queue), logger: quiet)
            let readers = (1...2).map { reader(of: queue, marker: "\(queue).watch.\($0)", broker) }
            try await running([publisher] + readers) {
                try await eventually("both consume") { readers.allSatisfy { $0.consumer.state == .running } }
                try remake(queue, isSingle: false, broker)
                try await eventually("each of them hears something") {
                    _ = await publisher.publish((1...4).map { .text("\($0)", to: queue) })
                    return readers.allSatisfy { !$0.bodies.isEmpty }
                }
            }
        }
    }

    @Test("is consumed again by the one who was active or by its stand-by, and by the other when that one goes")
    func standingBy() async throws {
        try await withQueue("alone") { broker, queue in
            try remake(queue, isSingle: true, broker)
            let publisher = Publisher(broker.endpoint(named: queue), logger: quiet)
            let stays = reader(of: queue, marker: "\(queue).watch.stays", broker)
            let goes = reader(of: queue, marker: "\(queue).watch.goes", broker)
            try await running([publisher, stays]) {
                try await running([goes]) {
                    try await eventually("both consume") { [stays, goes].allSatisfy { $0.consumer.state == .running } }
                    try remake(queue, isSingle: true, broker)
                    #expect(await publisher.publish([.text("first", to: queue)]) == [.confirmed])
                    try await eventually("it arrives") { (stays.bodies + goes.bodies).contains("first") }
                }
                #expect(await publisher.publish([.text("second", to: queue)]) == [.confirmed])
                try await eventually("it arrives too") { stays.bodies.contains("second") }
            }
        }
    }

    @Test("leaves no marker behind that outlives the queue or a graceful stop")
    func cleaning() async throws {
        try await withQueue("marked") { broker, queue in
            let reader = reader(of: queue, marker: "\(queue).watch", broker)
            let asksForMarker = Publisher(
                broker.endpoint(named: "\(queue) asks"),
                declaring: [.exchangeExists("\(queue).watch")],
                logger: quiet
            )
            try await running([reader]) {
                try await eventually("it consumes") { reader.consumer.state == .running }
                try await running([asksForMarker]) {
                    try await eventually("its marker is there") { asksForMarker.state == .running }
                }
            }
            let asksAgain = Publisher(
                broker.endpoint(named: "\(queue) asks again"),
                declaring: [.exchangeExists("\(queue).watch")],
                logger: quiet
            )
            try await running([asksAgain]) {
                try await eventually("it is gone") {
                    if case .topologyDrift(let reason) = asksAgain.state { reason.contains("404") } else { false }
                }
            }
        }
    }

    private func reader(of queue: String, marker: String, _ broker: BrokerControl) -> Reader {
        var configuration = Consumer.Configuration(queue: queue)
        configuration.marker = marker
        configuration.watchInterval = .milliseconds(200)
        return Reader(Consumer(broker.endpoint(named: marker), configuration, logger: quiet))
    }

    /// Deletes the queue and makes it again, sooner than its consumers could be told.
    private func remake(_ queue: String, isSingle: Bool, _ broker: BrokerControl) throws {
        let link = try Link.open(broker.endpoint(named: "\(queue) remakes"))
        amqp_queue_delete(link.connection, Link.channel, link.pool.bytes(queue), 0, 0)
        try link.check("delete queue")
        try link.assert([.quorumQueue(queue, singleActiveConsumer: isSingle)])
        link.close()
    }
}
