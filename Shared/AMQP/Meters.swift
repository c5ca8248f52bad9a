import CoreMetrics
import Metrics

/// What one connection counts.
///
/// The dimension `connection` is the endpoint's connection name.
struct Meters: Sendable {
    private let reconnects: Counter
    private let returned: Counter
    private let nacked: Counter
    private let blockedSeconds: FloatingPointCounter
    private let confirmSeconds: Timer

    init(connection: String) {
        let dimensions = [("connection", connection)]
        reconnects = Counter(label: "reconnects_total", dimensions: dimensions)
        returned = Counter(label: "returned_total", dimensions: dimensions)
        nacked = Counter(label: "nacked_total", dimensions: dimensions)
        blockedSeconds = FloatingPointCounter(label: "blocked_seconds_total", dimensions: dimensions)
        confirmSeconds = Timer(label: "confirm_seconds", dimensions: dimensions, preferredDisplayUnit: .seconds)
    }

    func reconnected() { reconnects.increment() }

    func blocked(for time: Duration) { blockedSeconds.increment(by: time / .seconds(1)) }

    /// The broker has answered a publish.
    func answered(_ outcome: PublishOutcome, after time: Duration) {
        switch outcome {
        case .refused: nacked.increment()
        case .returned: returned.increment()
        case .confirmed, .lost: break
        }
        let (seconds, attoseconds) = time.components
        confirmSeconds.recordNanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
    }
}
