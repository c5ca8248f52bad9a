import Metrics
import Outbound

/// What sending counts.
enum SendingMetrics {
    static func count(_ channel: Channel, _ outcome: Outcome) {
        Counter(
            label: "notify_attempts_total",
            dimensions: [("channel", channel.rawValue), ("outcome", outcome.word)]
        ).increment()
    }

    static func count(receipt type: Receipt.Kind) {
        Counter(label: "notify_receipts_total", dimensions: [("kind", "\(type)")]).increment()
    }
}
