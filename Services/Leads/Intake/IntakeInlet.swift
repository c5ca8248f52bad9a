import AMQP
import Contracts
import Messaging

/// What channels push, from the queue `leads.intake`.
///
/// Competing consumers, so that intake scales with replicas. It never refuses a message: what cannot be understood becomes a rejected row of the ledger. The ledger also knows
/// repetitions, by a better key than the message's id.
struct IntakeInlet: Inlet {
    let queue = "leads.intake"
    let bindings = [InletBinding(exchange: "lintel.intake", routingKey: "lead.*")]
    let isOrdered = false
    let deduplicates = false
    /// Most of a batch's cost is in its statements, not in its rows.
    let batchLimit = 250
    /// One is read while the other is stored.
    let batchesAtOnce = 2
    let accept: AcceptSubmissions
    /// What the broker notes of messages that it has moved to another queue.
    private static let brokersHeaders = ["x-death", "x-first-death-queue"]

    func open(_ delivery: Delivery) throws -> Incoming<ReceivedSubmission> {
        let digest = Digest.of(delivery.body)
        let route = delivery.routingKey.split(separator: ".", maxSplits: 1)
        let submission = ReceivedSubmission(
            transport: .amqp,
            routedChannel: route.count == 2 ? String(route[1]) : nil,
            brokerUser: delivery.properties.userID,
            messageID: delivery.properties.messageID,
            contentType: delivery.properties.contentType,
            forgedHeader: IntakeInlet.brokersHeaders.first { delivery.properties.headers[$0] != nil },
            body: delivery.body,
            digest: digest
        )
        return Incoming(
            source: submission.routedChannel ?? "unknown",
            messageID: submission.messageID ?? digest,
            name: SubmitLead.name.text,
            orderKeys: [],
            content: submission,
            delivery: delivery
        )
    }

    func handle(_ batch: [Incoming<ReceivedSubmission>], _ work: Work) async throws {
        try await accept(batch.map(\.content), work)
    }
}
