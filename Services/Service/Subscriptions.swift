import Contracts
import Messaging

extension AfterSalesApp {
    /// Every message that Service listens to.
    var subscriptions: [Subscription] {
        [
            .on(ContractSigned.self) { signed, work in try await openHandover(signed.message, work) },
            .on(DealWon.self) { won, work in try await openHandover.purchase(won.message, work) },
            .on(PersonErased.self) { erased, work in try await keepCustomers.forgot(erased.message, work) },
            .on(MessageAnswered.self) { answered, work in try await takeAnswer(answered.message, work) },
        ] + staff + people
    }

    /// Everything of Service that can be dropped and built again.
    ///
    /// Who was given a case last is a fact of its own.
    var projections: [Projection] {
        [
            Projection("staff", in: [ProjectionTable("staff", ignoring: ["last_given_at"])], hearing: staff),
            Projection(
                "customers",
                in: [ProjectionTable("customers"), ProjectionTable("aliases")],
                scratch: ["purchases", "handovers", "cases", "case_entries", "forgotten"],
                hearing: people + [
                    .on(ContractSigned.self) { signed, work in try await openHandover.meet(signed.message, work) },
                    .on(DealWon.self) { won, work in try await openHandover.meet(won.message, work) },
                    .on(PersonErased.self) { erased, work in
                        try ForgottenPersonStore(work.tx).blank(erased.message.uids)
                    },
                ]
            ),
        ]
    }

    private var staff: [Subscription] {
        [
            .on(StaffChanged.self) { changed, work in
                try await StaffStore(work.tx).keep(changed.message, sequence: changed.sequence)
            }
        ]
    }

    /// Whom Leads knows, and who answers for them.
    private var people: [Subscription] {
        [
            .batch(PersonIdentified.self) { people, work in try await keepCustomers.identified(people, work) },
            .batch(ConsentChanged.self) { consents, work in try await keepCustomers.consentChanged(consents, work) },
            .on(PersonMerged.self) { merged, work in try await keepCustomers.merged(merged.message, work) },
            .on(PersonUnmerged.self) { parted, work in try await keepCustomers.unmerged(parted.message, work) },
            .batch(LeadAssigned.self) { leads, work in try await keepCustomers.assigned(leads, work) },
        ]
    }

    /// Every promise that Service keeps.
    var timers: [TimerHandler] {
        [
            .batch(Ladder.timer) { try await alertUnanswered($0, $1) },
            .batch(PlanCare.timer) { try await giveCare($0, $1) },
        ]
    }
}
