/// How many submissions of which channel came to what, for the metrics.
struct IntakeCounts: Sendable {
    private struct Kind: Hashable {
        let channel: String
        let outcome: String
    }

    private let counts: [Kind: Int]

    /// A name that is no channel's is counted as `unknown`: whoever makes names up must not fill the metrics.
    init(_ entries: [LedgerEntry], repeats: [ReadSubmission], channels: Set<String>) {
        var counts: [Kind: Int] = [:]
        func count(_ submission: ReadSubmission, _ outcome: String) {
            let channel = channels.contains(submission.channel) ? submission.channel : "unknown"
            counts[Kind(channel: channel, outcome: outcome), default: 0] += 1
        }
        for entry in entries { count(entry.submission, entry.outcome.name) }
        for submission in repeats { count(submission, "repeated") }
        self.counts = counts
    }

    func record() {
        for (kind, count) in counts { LeadMetrics.count(count, from: kind.channel, as: kind.outcome) }
    }
}
