import AMQP
import Contracts
import Foundation
import Traces

/// The spans of a batch: one for the batch, which is linked to its messages, and one for each message, which follows
/// from its sender's.
///
/// A batch has many causes, so it can be nobody's child; what a message leads to is followed through its own span.
struct BatchTrace<Source: Inlet>: Sendable {
    /// Links of one batch span at most.
    private static var linksAtMost: Int { 128 }

    private let batch: OngoingSpan
    private let spans: [OngoingSpan]
    /// The messages, each told the span that it is handled in.
    let messages: [Incoming<Source.Content>]

    /// Nil when tracing is off.
    init?(_ inlet: Source, _ messages: [Incoming<Source.Content>]) {
        guard Traces.isOn else { return nil }
        let parents = messages.map { $0.traceparent.flatMap { TraceContext(traceparent: $0) } }
        let links = Array(parents.compactMap(\.self).prefix(Self.linksAtMost))
        guard let batch = Traces.begin("process \(inlet.queue) batch", .consumer, after: nil, links: links) else {
            return nil
        }
        Self.describe(batch, inlet)
        batch.set("messaging.batch.message_count", messages.count)
        var spans: [OngoingSpan] = []
        self.messages = zip(messages, parents).map { message, parent in
            let links = batch.trace.map { [$0] } ?? []
            guard let span = Traces.begin("process \(inlet.queue)", .consumer, after: parent, links: links) else {
                return message
            }
            Self.describe(span, inlet)
            Self.describe(span, message)
            spans.append(span)
            guard let trace = span.trace else { return message }
            var message = message
            message.content = inlet.traced(message.content, as: trace.traceparent)
            return message
        }
        self.batch = batch
        self.spans = spans
    }

    /// Runs the handling of the batch, and ends all spans with it.
    func run(_ body: ([Incoming<Source.Content>]) async throws -> Void) async throws {
        do {
            try await batch.run { try await body(messages) }
            for span in spans { span.end() }
        } catch {
            for span in spans { span.fail("\(type(of: error))") }
            throw error
        }
    }

    /// Ids and names that strangers have made up may hold what is personal: only ours are told.
    private static func describe(_ span: OngoingSpan, _ message: Incoming<Source.Content>) {
        if UUID(uuidString: message.messageID) != nil { span.set("messaging.message.id", message.messageID) }
        if let name = message.name, Registry.knows(MessageName(name)) { span.set("lintel.message.name", name) }
    }

    private static func describe(_ span: OngoingSpan, _ inlet: Source) {
        span.set("messaging.system", "rabbitmq")
        span.set("messaging.operation.type", "process")
        span.set("messaging.destination.name", inlet.queue)
    }
}
