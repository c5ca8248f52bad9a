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

    /// Everything of Sales that can be dropped and built again.
    var projections: [Projection] {
        [TimelineProjection.projection, customerProjection, CustomerSearchStore.projection]
    }

    private var customers: [Subscription] {
        customerNews + [.on(PersonErased.self) { try await keepCustomers.forgot($0.message, $1) }]
    }

    /// The customers as the others tell of them.
    ///
    /// What Sales itself does with them is a fact of its own: how far they have come, when they were spoken with last, and
    /// what was agreed.
    private var customerProjection: Projection {
        let own: Set<String> = ["stage", "last_contact_at", "last_contact_kind", "next_action", "next_at", "active_at"]
        return Projection(
            "customers",
            in: [ProjectionTable("customers", ignoring: own), ProjectionTable("aliases")],
            scratch: ["merged_people", "contacts", "deals", "forgotten"],
            hearing: customerNews + [
                .on(PersonErased.self) { try ForgottenCustomerStore($1.tx).blank($0.message.uids) }
            ]
        )
    }

    private var customerNews: [Subscription] {
        Subscription.batch("customers", of: CustomerNews.names) { try await keepCustomers($0, $1) } + [
            .on(LeadGraded.self) { try await keepCustomers.graded($0, $1) },
            .on(LeadContacted.self) { try await keepCustomers.contacted($0, $1) },
            .on(LeadDiscarded.self) { try await keepCustomers.discarded($0, $1) },
            .on(LeadFollowUpSet.self) { try await keepCustomers.planned($0, $1) },
            .on(LeadReopened.self) { try await keepCustomers.reopened($0, $1) },
            .on(PersonMerged.self) { try await keepCustomers.merged($0, $1) },
            .on(PersonUnmerged.self) { try await keepCustomers.unmerged($0, $1) },
        ]
    }
}
