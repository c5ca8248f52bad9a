import AMQP
import Contracts
import Messaging
import Traces

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
    let batchLimit = 500
    let accept: AcceptSubmissions
    /// Tells whether a submission claims to be from the future.
    let clock: ServiceClock
    /// What the broker notes of messages that it has moved to another queue.
    private static let brokersHeaders = ["x-death", "x-first-death-queue"]

    func open(_ delivery: Delivery) throws -> Incoming<ParsedSubmission> {
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
            digest: digest,
            traceparent: trace(of: delivery)
        )
        return Incoming(
            source: submission.routedChannel ?? "unknown",
            messageID: submission.messageID ?? digest,
            name: SubmitLead.name.text,
            orderKeys: [],
            content: ParsedSubmission(submission, now: clock.now),
            delivery: delivery,
            traceparent: submission.traceparent
        )
    }

    /// The trace that the channel's publish belongs to: in the header, or as a CloudEvent's own attribute.
    ///
    /// Channels are strangers: what is not exactly a trace context is none.
    private func trace(of delivery: Delivery) -> String? {
        if case .string(let text)? = delivery.properties.headers["traceparent"] {
            return TraceContext(traceparent: text)?.traceparent
        }
        guard delivery.properties.contentType?.hasPrefix("application/cloudevents") == true,
            let mark = try? decodeStrictly(TraceMark.self, from: delivery.body)
        else { return nil }
        return mark.traceparent.flatMap { TraceContext(traceparent: $0)?.traceparent }
    }

    private struct TraceMark: Decodable {
        let traceparent: String?
    }

    func traced(_ content: ParsedSubmission, as traceparent: String) -> ParsedSubmission {
        var content = content
        content.received.traceparent = traceparent
        return content
    }

    func handle(_ batch: [Incoming<ParsedSubmission>], _ work: Work) async throws {
        try await accept(batch.map(\.content), work)
    }
}
