import Metrics

/// Counts dead letters by reason.
enum DeadLetterMetrics {
    static func count(inlet: String, reason: String) {
        Counter(label: "dead_letter_total", dimensions: [("inlet", inlet), ("reason", reason)]).increment()
    }
}
