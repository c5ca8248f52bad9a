import Boot
import Messaging
import Metrics
import Web

/// What the service desk tells of its business: where things stand.
///
/// How many cases were opened, closed or overdue is in `events_total`.
enum CaseMetrics {
    static let descriptions: [MetricDescription] = [
        .gauge("service_cases_open", "Cases that are not closed, by kind."),
        .gauge("service_cases_overdue", "Of those, how many nobody has answered although the deadline has passed."),
    ]

    static func measure(_ spine: Spine) async throws {
        let now = spine.clock.now
        let counts = try await spine.read { tx in try await CaseCountStore(tx).open(at: now) }
        for kind in Case.Kind.allCases.map(\.rawValue) {
            let (open, overdue) = counts[kind] ?? (0, 0)
            Gauge(label: "service_cases_open", dimensions: [("kind", kind)]).record(open)
            Gauge(label: "service_cases_overdue", dimensions: [("kind", kind)]).record(overdue)
        }
    }
}
