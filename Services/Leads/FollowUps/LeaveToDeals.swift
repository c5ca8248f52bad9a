import Contracts
import Messaging
import Policies

/// While Sales has a deal with somebody, what is to follow is agreed there: another lead of theirs asks nobody to call from
/// scratch, and falls to no pool.
///
/// What is done follows from how the person's deals stand now, so it may come twice, late, or in another order.
struct LeaveToDeals: Sendable {
    let followUps = KeepFollowUps()

    func callAsFunction(_ told: UID, _ work: Work) async throws {
        let uid = try await AliasStore(work.tx).survivor(of: told)
        guard let lead = try await LeadStore(work.tx).open(of: uid) else { return }
        let known = try await FollowUpStore(work.tx).of([lead.id])[lead.id]
        if try await DealStore(work.tx).underWay(with: [uid]).isEmpty {
            try await goOn(lead, known, work)
        } else if let known, known.setBy == nil {
            try await KeepFollowUps.stop([lead.id], work)
            try await DecisionStore(work.tx).insert(
                [try .init(leadID: lead.id, kind: "follow-up", outcome: "deal", why: Self.why)],
                actor: work.cause.actor,
                now: work.now
            )
        }
    }

    /// The last deal has come to an end: days are counted from now on, for calling and for falling to a pool.
    private func goOn(_ lead: Lead, _ known: FollowUp?, _ work: Work) async throws {
        guard lead.ownerID != nil else { return }
        let policies = try await PolicyStore(work.tx).all()
        let recycle = policies.current(RecyclePolicy.self).value
        try await RecycleIdle.begin([lead.id], policy: recycle, from: work.now, cause: work.cause, work)
        guard lead.status == .contacted, known == nil else { return }
        try await followUps.begin([.standard(lead, since: work.now, policies.current(FollowUpPolicy.self))], work)
    }

    private static let why = Why(
        rule: "follow-up.deal",
        version: 1,
        inputs: [:],
        otherwise: "Without a deal under way the policy's days for the grade would have counted."
    )
}
