import Contracts
import Messaging

/// What deals do to the leads that they came from.
struct FollowDeals: Sendable {
    let place: PlaceLeads
    let learn = LearnFromDeals()

    /// The lead has become a deal.
    func opened(_ deal: DealOpened, _ work: Work) async throws {
        let store = LeadStore(work.tx)
        guard var lead = try await store.meant(deal.leadID, of: deal.uid), lead.status.isOpen else { return }
        lead.status = .converted
        lead.step = .stopped
        try await store.save([lead])
        if lead.ownerID == nil, let seller = try await StaffStore(work.tx).find(deal.ownerID) {
            try await place.taken(lead, by: seller, rule: "assign.deal", work)
        }
        try await store.noteDeal(lead.id, deal.dealID)
        try await work.timers.cancel(ResponseTarget.timerKind, key: lead.id)
        try await work.timers.cancel(RecycleIdle.timerKind, key: lead.id)
        try await keepAgreed(lead.id, work)
        let tags = try await TagStore(work.tx).of([lead.uid])[lead.uid] ?? []
        let event = LeadConverted(
            leadID: lead.id,
            uid: lead.uid,
            dealID: deal.dealID,
            tags: tags.filter(\.isWinner).map { PersonTag($0) }
        )
        try await work.publish(event, about: lead.id, uid: lead.uid)
        try await place.fromPool(work)
    }

    /// What was agreed with the person is still to come, and Sales reminds of it; what only the policy said is over.
    private func keepAgreed(_ lead: LeadID, _ work: Work) async throws {
        let known = try await FollowUpStore(work.tx).of([lead])[lead]
        guard let known, known.setBy != nil, known.dueAt > work.now else {
            return try await KeepFollowUps.stop([lead], work)
        }
        try await work.timers.cancel(FollowUp.timerKind, key: lead)
    }

    /// The deal of a lead has come to another stage.
    func moved(_ deal: DealID, to stage: String, _ work: Work) async throws {
        try await LeadStore(work.tx).noteStage(of: deal, stage)
        try await learn.reopened(deal, work)
    }

    /// The deal of a lead came to an end: `won` or `lost`.
    func closed(_ deal: DealID, lead: LeadID?, outcome: String, _ work: Work) async throws {
        let store = LeadStore(work.tx)
        let noted = try await store.ofDeal(deal)
        guard let id = noted ?? lead, try await store.locked(id) != nil else { return }
        try await store.noteDeal(id, deal, outcome: outcome)
        if try await store.locked(id)?.status == .converted { try FollowUpStore(work.tx).clear([id]) }
        try await learn.closed(deal, lead: id, isWon: outcome == "won", work)
    }
}

extension PersonTag {
    init(_ tag: Tag) {
        self.init(
            key: tag.key,
            value: tag.value,
            source: tag.source.rawValue,
            confidence: tag.confidence,
            isConfirmed: tag.standing == .confirmed
        )
    }
}
