import Contracts
import Messaging

/// Keeps what Sales says of deals, and lets everything follow that depends on it: rewards, the stage of a life, what
/// somebody is worth.
///
/// What follows is reckoned from what is known now, never from the event alone; so it may come twice, late, or in another
/// order.
struct NoteDeals: Sendable {
    let reckon = ReckonPerson()
    let makeReferralCode = MakeReferralCode()

    func callAsFunction(_ news: DealNews, _ work: Work) async throws {
        guard let deal = try await DealStore(work.tx).note(news, at: work.now) else { return }
        try await reckon([deal.origin], work)
        if deal.outcome == .won { try await makeReferralCode.bought(deal.origin, work) }
    }

    /// The deals, from what Sales has told; when each was first heard of is a fact of ours.
    static let projection = Projection(
        "deals",
        in: [ProjectionTable("deal_facts", ignoring: ["noted_at"])],
        hearing: [
            .on(DealOpened.self) { try await note(DealNews($0.message, sequence: $0.envelope.sequence), $0, $1) },
            .on(DealStageChanged.self) { try await note(DealNews($0.message, sequence: $0.envelope.sequence), $0, $1) },
            .on(DealWon.self) {
                try await note(DealNews($0.message, at: $0.envelope.time, sequence: $0.envelope.sequence), $0, $1)
            },
            .on(DealLost.self) { try await note(DealNews($0.message, sequence: $0.envelope.sequence), $0, $1) },
            .on(ContractSigned.self) { try await note(DealNews($0.message), $0, $1) },
        ]
    )

    private static func note<Message>(_ news: DealNews, _ arrival: Arrival<Message>, _ work: Work) async throws {
        _ = try await DealStore(work.tx).note(news, at: arrival.envelope.time)
    }
}

/// Reckons anew what depends on all that is known of a person: after a deal, a merge, or what takes one back.
struct ReckonPerson: Sendable {
    let settleReferrals = SettleReferrals()
    let keepStages = KeepStages()

    /// Reckons for everybody for whom one of these UIDs stands.
    func callAsFunction(_ uids: [UID], _ work: Work) async throws {
        let members = try await AliasStore(work.tx).everybody(behind: uids)
        try await settleReferrals(ofAnyOf: members, work)
        try await keepStages(members, work)
        try await KeepValues.changed(members, work)
    }
}
