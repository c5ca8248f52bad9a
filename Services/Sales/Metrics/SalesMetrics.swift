import Boot
import Messaging
import Metrics
import Web

/// What Sales tells of its business: where things stand.
///
/// How many deals were won or lost is in `events_total`.
enum SalesMetrics {
    static let descriptions: [MetricDescription] = [
        .gauge("sales_deals_open", "Deals that are neither won nor lost, by stage."),
        .gauge("sales_units", "Units by state."),
    ]

    private static let openStages = ["first-talk", "need-confirmed", "plan-made", "negotiation"]
    private static let unitStates = ["free", "held", "signed"]

    static func measure(_ spine: Spine) async throws {
        let (deals, units) = try await spine.read { tx in
            (try await SalesCountStore(tx).openDeals(), try await SalesCountStore(tx).units())
        }
        for stage in openStages {
            Gauge(label: "sales_deals_open", dimensions: [("stage", stage)]).record(deals[stage] ?? 0)
        }
        for state in unitStates {
            Gauge(label: "sales_units", dimensions: [("state", state)]).record(units[state] ?? 0)
        }
    }
}
