import Contracts
import Outbound
import Traces

extension ClaimDue.Ready {
    /// Begins the span of one attempt to send, which follows from what caused the message; nil when tracing is off.
    ///
    /// Neither the address nor the text is told.
    func beginSending(by channel: Channel) -> OngoingSpan? {
        guard Traces.isOn else { return nil }
        let parent = message.traceparent.flatMap { TraceContext(traceparent: $0) }
        let span = Traces.begin("send \(channel.rawValue)", .client, after: parent)
        span?.set("lintel.message.id", message.id.description)
        span?.set("lintel.template", message.template)
        span?.set("lintel.attempt", attempt)
        return span
    }
}

extension OngoingSpan {
    /// Ends the span of an attempt.
    func end(with outcome: Outcome) {
        set("lintel.outcome", outcome.word)
        if case .accepted = outcome { end() } else { fail(outcome.word) }
    }
}
