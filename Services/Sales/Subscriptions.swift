import Contracts
import Messaging

extension SalesApp {
    /// Every message that Sales hears: what makes customers, and everything for the timeline.
    var subscriptions: [Subscription] {
        customers + Subscription.projecting(TimelineProjection.projection, except: "sales")
    }

    /// The promises that Sales keeps.
    var timers: [TimerHandler] {
        [.batch(UnitHold.timer) { try await endHolds.expire($0, $1) }]
    }

    private var customers: [Subscription] {
        Subscription.batch("customers", of: CustomerNews.names) { try await keepCustomers($0, $1) } + [
            .on(LeadGraded.self) { try await keepCustomers.graded($0, $1) },
            .on(LeadContacted.self) { try await keepCustomers.contacted($0, $1) },
            .on(LeadDiscarded.self) { try await keepCustomers.discarded($0, $1) },
            .on(PersonMerged.self) { try await keepCustomers.merged($0, $1) },
            .on(PersonUnmerged.self) { try await keepCustomers.unmerged($0, $1) },
            .on(PersonErased.self) { try await keepCustomers.forgot($0.message, $1) },
        ]
    }
}
