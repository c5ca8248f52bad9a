import Contracts
import Messaging

extension NotifyApp {
    /// Every message that Notify hears.
    var subscriptions: [Subscription] {
        let forgetting = [Subscription.on(PersonErased.self) { try await forget($0.message, $1) }]
        return moves + Self.recipients + Self.staff + forgetting + namings + fromLeads + fromSales + fromService
    }

    /// Who is reached elsewhere from now on, told of before the new places are kept.
    private var moves: [Subscription] {
        [
            .batch(PersonIdentified.self) { arrivals, work in
                try await keepReach.changed(Self.people(arrivals), work)
            }
        ]
    }

    /// Enquiries that name a number or an address anew.
    private var namings: [Subscription] {
        [
            .batch(LeadReceived.self) { arrivals, work in
                try await keepReach.named(arrivals.flatMap(\.message.namedPlaces), work)
            },
            .batch(LeadTouched.self) { arrivals, work in
                let named = arrivals.map(\.message).compactMap { lead in
                    lead.named.map { (uid: lead.uid, channels: $0) }
                }
                try await keepReach.named(named, work)
            },
        ]
    }

    private static func people(_ arrivals: [Arrival<PersonIdentified>]) -> [(person: PersonIdentified, sequence: Int64)]
    {
        arrivals.map { (person: $0.message, sequence: $0.envelope.sequence ?? 0) }
    }

    /// Everything of Notify that can be dropped and built again.
    ///
    /// Who has said STOP is a fact of its own.
    var projections: [Projection] {
        [
            Projection("staff", in: [ProjectionTable("staff")], hearing: Self.staff),
            Projection(
                "recipients",
                in: [ProjectionTable("customers"), ProjectionTable("aliases"), ProjectionTable("undone_merges")],
                scratch: ["opt_outs", "messages"],
                hearing: Self.recipients + [
                    .on(PersonErased.self) { arrival, work in
                        try ForgottenRecipientStore(work.tx).blank(arrival.message.uids, about: arrival.message.leadIDs)
                    }
                ]
            ),
        ]
    }

    /// Whom there is to write to among customers: before anything is written to them.
    private static var recipients: [Subscription] {
        [
            .batch(PersonIdentified.self) { arrivals, work in
                try await RecipientStore(work.tx).save(Self.people(arrivals))
            },
            .on(ConsentChanged.self) { arrival, work in
                let (change, store) = (arrival.message, RecipientStore(work.tx))
                try await store.save(change, sequence: arrival.envelope.sequence ?? 0)
                // What it goes by says when they agreed; and that two people are one, or that a file was taken back, is nothing
                // that anybody agreed to.
                let isNobodys = ["merge", "unmerge", "import-undone"].contains(change.source)
                guard change.grounds == nil, !isNobodys else { return }
                for channel in [Channel.sms, .email] where channel.means.flatMap({ change.consent[$0] }) == true {
                    try store.agree(change.uid, to: channel, at: arrival.envelope.time)
                }
            },
            .on(PersonMerged.self) { arrival, work in
                try await MergedRecipientStore(work.tx).merge(arrival.message, at: arrival.envelope.time)
            },
            .on(PersonUnmerged.self) { arrival, work in
                try MergedRecipientStore(work.tx).unmerge(arrival.message)
            },
            .batch(LeadReceived.self) { arrivals, work in
                let leads = arrivals.map(\.message)
                let store = RecipientStore(work.tx)
                try await store.remember(leads.map { ($0.uid, $0.person, $0.consent) })
                try await store.setProjects(leads.map { ($0.uid, $0.need?.projects?.first) })
            },
            .batch(LeadAssigned.self) { arrivals, work in
                try await RecipientStore(work.tx).setOwners(arrivals.map(\.message))
            },
            .on(AudienceReady.self) { arrival, work in
                // One whom nobody has told of yet does not hold up all others: what is written to them is not sent.
                let people = arrival.message.people.map { ($0, PersonCard(), Consent?.none) }
                try await RecipientStore(work.tx).remember(people)
            },
            .batch(ContractSigned.self) { arrivals, work in
                let store = RecipientStore(work.tx)
                try await store.remember(arrivals.map { ($0.message.uid, $0.message.customer, nil) })
                try await store.setProjects(arrivals.map { ($0.message.uid, $0.message.project) })
            },
            .batch(CaseOpened.self) { arrivals, work in
                for arrival in arrivals { try await RecipientStore(work.tx).noteCase(of: arrival.message.uid) }
            },
        ]
    }

    /// Whom there is to write to among staff.
    private static var staff: [Subscription] {
        [
            .on(StaffChanged.self) { arrival, work in
                try await RecipientStore(work.tx).save(arrival.message, sequence: arrival.envelope.sequence ?? 0)
            }
        ]
    }

    private var fromLeads: [Subscription] {
        [
            telling(NotificationRules.leadReceived),
            telling(NotificationRules.leadAssigned),
            telling(NotificationRules.leadTouched),
            telling(NotificationRules.leadAnswered),
            telling(NotificationRules.leadResponseOverdue),
            telling(NotificationRules.nurtureDue),
            .on(AudienceReady.self) { try await tell(NotificationRules.audienceReady, [$0], $1) },
            telling(NotificationRules.leadIdle),
            telling(NotificationRules.leadFollowUpDue),
            telling(NotificationRules.leadsOffered),
            telling(NotificationRules.importEnded),
            telling(NotificationRules.leadsExported),
            telling(NotificationRules.referralChanged),
        ]
    }

    private var fromSales: [Subscription] {
        [
            telling(NotificationRules.unitHeld),
            telling(NotificationRules.unitReleased),
            telling(NotificationRules.contractSigned),
            telling(NotificationRules.dealWon),
            telling(NotificationRules.customerUnmasked),
        ]
    }

    private var fromService: [Subscription] {
        [
            telling(NotificationRules.handoverOpened),
            telling(NotificationRules.handoverCompleted),
            telling(NotificationRules.caseOpened),
            telling(NotificationRules.caseReplied),
            telling(NotificationRules.caseReassigned),
            telling(NotificationRules.caseAnswered),
            telling(NotificationRules.caseClosed),
            telling(NotificationRules.slaBreached),
            telling(NotificationRules.careDue),
        ]
    }

    /// A person is forgotten: that messages were sent stays, without their words.
    private func forget(_ event: PersonErased, _ work: Work) async throws {
        let store = ForgottenRecipientStore(work.tx)
        let words = try await MergedPersonStore(work.tx).words(of: event.uids)
        let forgotten = Forgotten(
            uids: event.uids,
            subjects: event.leadIDs.map(\.description) + (try await store.messages(to: event.uids)),
            contacts: words.contacts,
            names: words.names
        )
        try store.blankPlaces(event.uids)
        try store.blank(event.uids, about: event.leadIDs)
        try await work.forget(forgotten)
    }

    private func telling<Event>(_ rule: NotificationRule<Event>) -> Subscription {
        .batch(Event.self) { arrivals, work in try await tell(rule, arrivals, work) }
    }

    private func tell<Event>(
        _ rule: NotificationRule<Event>,
        _ arrivals: [Arrival<Event>],
        _ work: Work
    ) async throws {
        let wanted = arrivals.flatMap { arrival in
            rule.notices(arrival.message).map { notice in
                CausedNotice(notice: notice, envelope: arrival.envelope, why: rule.why(of: notice))
            }
        }
        guard !wanted.isEmpty else { return }
        try await writeMessages(wanted, in: work)
    }
}

extension NotificationRule {
    /// Why a notice was written: the rule that wanted it.
    fileprivate func why(of notice: Notice) -> Contracts.Why {
        Contracts.Why(
            rule: "notify.\(name)",
            version: version,
            inputs: ["event": Event.name.text, "template": notice.template, "purpose": notice.purpose.rawValue]
                .merging(notice.topic.map { ["for": $0.rawValue] } ?? [:]) { purpose, _ in purpose }
        )
    }
}

extension LeadReceived {
    /// The number and the address that the enquiry names and messages go to.
    fileprivate var namedPlaces: [FailingAddressStore.Address] {
        (named ?? []).compactMap(Channel.init(rawValue:)).compactMap { channel in
            let address = channel == .sms ? person.phones.first : person.emails.first
            return address.map { FailingAddressStore.Address(channel: channel, address: $0) }
        }
    }
}
