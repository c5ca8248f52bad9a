import AMQP
import Foundation

/// `<service>.dead`: what the broker itself gave up because it exceeded the delivery limit.
///
/// Filed with our own dead letters, so that there is one list.
struct DeadQueueInlet: Inlet {
    let queue: String
    let bindings: [InletBinding]
    let isOrdered = false
    let deduplicates = true
    private let service: String

    init(service: String) {
        self.service = service
        queue = "\(service).dead"
        bindings = [InletBinding(exchange: "lintel.dead", routingKey: "\(service).dead")]
    }

    func open(_ delivery: Delivery) -> Incoming<String> {
        Incoming(
            source: "broker",
            messageID: delivery.properties.messageID?.withoutNUL ?? Digest.of(delivery.body),
            name: delivery.properties.type?.withoutNUL,
            orderKeys: [],
            content: origin(of: delivery),
            delivery: delivery
        )
    }

    func handle(_ batch: [Incoming<String>], _ work: Work) async throws {
        let inbox = InboxStore(work.tx)
        for message in batch {
            try await inbox.bury(
                NewDeadLetter(
                    message,
                    inlet: message.content,
                    reason: "delivery-limit",
                    detail: "The broker delivered it again and again without an answer.",
                    field: nil,
                    attempts: message.delivery.deliveryCount
                )
            )
        }
    }

    /// The queue that the broker took it from, to which a replay returns it.
    ///
    /// The header may have been forged by whoever sent the message first, so only this service's own queues count.
    private func origin(of delivery: Delivery) -> String {
        guard case .string(let origin)? = delivery.properties.headers["x-first-death-queue"],
            origin.hasPrefix("\(service).")
        else { return queue }
        return origin
    }
}
