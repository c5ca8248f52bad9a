import Contracts
import Messaging

extension SalesApp {
    /// Every message that Sales hears: what makes customers, what the service desk does, and everything for the timeline.
    var subscriptions: [Subscription] {
        customers + service + Subscription.projecting(TimelineProjection.projection, except: "sales")
    }

    /// The promises that Sales keeps.
    var timers: [TimerHandler] {
        [.batch(UnitHold.timer) { try await endHolds.expire($0, $1) }]
    }

    private var customers: [Subscription] {
        [
            .batch(PersonIdentified.self) { try await keepCustomers.identified($0, $1) },
            .batch(LeadReceived.self) { try await keepCustomers.received($0, $1) },
            .batch(LeadAssigned.self) { try await keepCustomers.assigned($0, $1) },
            .on(LeadTouched.self) { try await keepCustomers.touched($0, $1) },
            .on(LeadGraded.self) { try await keepCustomers.graded($0, $1) },
            .on(LeadContacted.self) { try await keepCustomers.contacted($0, $1) },
            .on(LeadDiscarded.self) { try await keepCustomers.discarded($0, $1) },
            .on(ConsentChanged.self) { try await keepCustomers.consented($0, $1) },
        ]
    }

    /// From then on the service desk may see the customer.
    private var service: [Subscription] {
        [
            .on(HandoverOpened.self) { try await keepCustomers.served($0.message.uid, $0.envelope, $1) },
            .on(CaseOpened.self) { try await keepCustomers.served($0.message.uid, $0.envelope, $1) },
        ]
    }
}
