import AMQP
import Contracts
import Foundation
import Postgres

@testable import Messaging

/// An event as the relay would send it.
func entry(_ reason: String, about subject: String) throws -> JournalEntry {
    let data = String(decoding: try Wire.encoder.encode(Toy.discarded(reason)), as: UTF8.self)
    return JournalEntry(envelope: envelope(subject), data: data)
}

func envelope(_ subject: String) -> Envelope {
    Envelope(
        id: UUID.v7().wire,
        source: "/lintel/leads",
        type: LeadDiscarded.name,
        subject: subject,
        time: Date(),
        actor: "test"
    )
}

func delivery(_ body: [UInt8], deliveryCount: Int = 0) -> Delivery {
    var properties = Properties()
    if deliveryCount > 0 { properties.headers["x-delivery-count"] = .int(Int64(deliveryCount)) }
    return Delivery(
        tag: Delivery.Tag(epoch: 0, number: 1),
        exchange: "lintel.events",
        routingKey: "leads.lead.discarded",
        isRedelivered: deliveryCount > 0,
        properties: properties,
        body: body
    )
}

extension Spine {
    /// Takes one delivery with this body through the inbox.
    func settle(bytes body: [UInt8], deliveryCount: Int = 0) async throws {
        let inlet = EventInlet(service: service, subscriptions: [Toy.subscription])
        try await InboxProcessor(inlet, self).settle([delivery(body, deliveryCount: deliveryCount)])
    }

    /// As if the handling of this body had begun so often and the process had died each time before anything else was written.
    func noteStarts(_ starts: Int, of body: [UInt8]) async throws {
        _ = try await database.transaction { tx in
            try await tx.execute(
                """
                INSERT INTO crash_suspects (inlet, message_id, starts)
                VALUES (\("\(service).events"), \(Digest.of(body)), \(starts))
                """
            )
        }
    }

    /// Handles everything that is parked and due.
    func drainRetries(_ subscriptions: [Subscription]) async throws {
        let loop = RetryLoop(EventInlet(service: service, subscriptions: subscriptions), self)
        while try await loop.handleNext() {}
    }
}
