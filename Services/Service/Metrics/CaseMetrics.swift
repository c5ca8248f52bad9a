import Boot
import Messaging
import Metrics
import Postgres
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
        let rows = try await spine.read { tx in
            try await tx.all(
                """
                SELECT kind, count(*) AS open,
                       count(*) FILTER (WHERE first_replied_at IS NULL AND response_due_at < \(spine.clock.now)) AS overdue
                  FROM cases WHERE status = 'open' GROUP BY kind
                """
            ) { (try $0["kind"] as String, (try $0["open"] as Int, try $0["overdue"] as Int)) }
        }
        let counts = Dictionary(uniqueKeysWithValues: rows)
        for kind in Case.Kind.allCases.map(\.rawValue) {
            let (open, overdue) = counts[kind] ?? (0, 0)
            Gauge(label: "service_cases_open", dimensions: [("kind", kind)]).record(open)
            Gauge(label: "service_cases_overdue", dimensions: [("kind", kind)]).record(overdue)
        }
    }
}
