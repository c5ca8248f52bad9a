import Metrics

/// How many submissions came to what, for the metrics.
struct IntakeCounts: Sendable {
    private let byOutcome: [String: Int]

    init(_ entries: [LedgerEntry], repeats: Int) {
        var counts = Dictionary(grouping: entries, by: \.outcome.name).mapValues(\.count)
        if repeats > 0 { counts["repeated"] = repeats }
        byOutcome = counts
    }

    func record() {
        for (outcome, count) in byOutcome {
            Counter(label: "intake_submissions_total", dimensions: [("outcome", outcome)]).increment(by: count)
        }
    }
}
