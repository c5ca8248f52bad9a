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
        .gauge(
            "notify_messages_waiting",
            "Messages that somebody waits for and that wait for their next attempt, by channel."
        ),
        .gauge("notify_oldest_waiting_seconds", "How long the oldest of them has waited, by channel, in seconds."),
        .gauge(
            "notify_marketing_waiting",
            "Marketing that is to be sent, by channel and whether the quiet hours hold it."
        ),
        .gauge("notify_messages_unknown", "Messages of which nobody knows whether they were sent: people decide."),
    ]

    static func count(_ channel: Channel, _ outcome: Outcome) { attempts(channel, outcome.word).increment() }

    static func count(receipt kind: Receipt.Kind) { receipts(kind).increment() }

    /// Counts messages in the states that they have come to.
    static func count(_ messages: [Message]) {
        for message in messages { totals(message.channel, message.state).increment() }
    }

    /// Makes the counters, so that the first of each is a rise from 0 and not a beginning.
    static func begin() {
        for channel in Channel.allCases {
            for state in MessageState.allCases where state != .sending { totals(channel, state).increment(by: 0) }
        }
        for kind in Receipt.Kind.allCases { receipts(kind).increment(by: 0) }
        for channel in [Channel.sms, .email] {
            for outcome in ["accepted", "refused-for-good", "refused-for-now", "unknown", "not-sent"] {
                attempts(channel, outcome).increment(by: 0)
            }
        }
    }

    private static func totals(_ channel: Channel, _ state: MessageState) -> Counter {
        Counter(
            label: "notify_messages_total",
            dimensions: [("channel", channel.rawValue), ("state", state.rawValue)]
        )
    }

    private static func receipts(_ kind: Receipt.Kind) -> Counter {
        Counter(label: "notify_receipts_total", dimensions: [("kind", "\(kind)")])
    }

    private static func attempts(_ channel: Channel, _ outcome: String) -> Counter {
        Counter(label: "notify_attempts_total", dimensions: [("channel", channel.rawValue), ("outcome", outcome)])
    }

    /// Counts what waits.
    static func measure(_ spine: Spine) async throws {
        let now = spine.clock.now
        let (waiting, marketing, unknown) = try await spine.read { tx in
            let store = MessageCountStore(tx)
            return (try await store.waiting(at: now), try await store.marketing(at: now), try await store.unknown())
        }
        for channel in [Channel.sms, .email].map(\.rawValue) {
            let (count, oldest) = waiting[channel] ?? (0, 0)
            Gauge(label: "notify_messages_waiting", dimensions: [("channel", channel)]).record(count)
            Gauge(label: "notify_oldest_waiting_seconds", dimensions: [("channel", channel)]).record(oldest)
            let (free, held) = marketing[channel].map { ($0.count - $0.held, $0.held) } ?? (0, 0)
            for (state, count) in [("due", free), ("held", held)] {
                Gauge(label: "notify_marketing_waiting", dimensions: [("channel", channel), ("state", state)]).record(
                    count
                )
            }
        }
        Gauge(label: "notify_messages_unknown").record(unknown)
    }
}
