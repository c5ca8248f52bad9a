import Boot
import Messaging
import Metrics
import Outbound
import Web

/// What Notify tells of its business.
///
/// `docs/metrics.md` says what to make of each.
enum SendingMetrics {
    static let descriptions: [MetricDescription] = [
        .counter("notify_messages_total", "Messages that came to a state, by channel and state."),
        .counter("notify_attempts_total", "Attempts to send, by channel and how they ended."),
        .counter("notify_receipts_total", "Delivery reports of the gateway, by kind."),
        .gauge("notify_messages_waiting", "Messages that wait for their next attempt, by channel."),
        .gauge("notify_oldest_waiting_seconds", "How long the oldest of them has waited, by channel, in seconds."),
        .gauge("notify_messages_unknown", "Messages of which nobody knows whether they were sent: people decide."),
    ]

    // Made once: looking one up by its label and dimensions costs more than counting.
    private static let totals = Dictionary(
        uniqueKeysWithValues: Channel.allCases.flatMap { channel in
            MessageState.allCases.filter { $0 != .sending }.map { state in
                let labels = [("channel", channel.rawValue), ("state", state.rawValue)]
                let counter = Counter(label: "notify_messages_total", dimensions: labels)
                return (Total(channel: channel, state: state), counter)
            }
        }
    )
    private static let receipts = Dictionary(
        uniqueKeysWithValues: Receipt.Kind.allCases.map { kind in
            (kind, Counter(label: "notify_receipts_total", dimensions: [("kind", "\(kind)")]))
        }
    )

    private struct Total: Hashable {
        let channel: Channel
        let state: MessageState
    }

    static func count(_ channel: Channel, _ outcome: Outcome) { attempts(channel, outcome.word).increment() }

    static func count(receipt kind: Receipt.Kind) { receipts[kind]?.increment() }

    /// Counts messages in the states that they have come to.
    static func count(_ messages: [Message]) {
        for message in messages { totals[Total(channel: message.channel, state: message.state)]?.increment() }
    }

    /// Makes the counters, so that the first of each is a rise from 0 and not a beginning.
    static func begin() {
        for counter in totals.values { counter.increment(by: 0) }
        for channel in [Channel.sms, .email] {
            for outcome in ["accepted", "refused-for-good", "refused-for-now", "unknown", "not-sent"] {
                attempts(channel, outcome).increment(by: 0)
            }
        }
    }

    private static func attempts(_ channel: Channel, _ outcome: String) -> Counter {
        Counter(label: "notify_attempts_total", dimensions: [("channel", channel.rawValue), ("outcome", outcome)])
    }

    /// Counts what waits.
    static func measure(_ spine: Spine) async throws {
        let now = spine.clock.now
        let (waiting, unknown) = try await spine.read { tx in
            (try await MessageCountStore(tx).waiting(at: now), try await MessageCountStore(tx).unknown())
        }
        for channel in [Channel.sms, .email].map(\.rawValue) {
            let (count, oldest) = waiting[channel] ?? (0, 0)
            Gauge(label: "notify_messages_waiting", dimensions: [("channel", channel)]).record(count)
            Gauge(label: "notify_oldest_waiting_seconds", dimensions: [("channel", channel)]).record(oldest)
        }
        Gauge(label: "notify_messages_unknown").record(unknown)
    }
}
