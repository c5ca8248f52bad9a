import Contracts
import Foundation
import Messaging

/// Brings referrals into the state that follows from what is known now, and tells where that is another one.
struct SettleReferrals: Sendable {
    /// Rings when a referral has brought nothing for too long.
    static let timerKind = "leads.referral.expires"

    /// Settles those that concern any of these UIDs, as whoever came or as whoever recommended us.
    func callAsFunction(ofAnyOf members: [UID], _ work: Work) async throws {
        let store = ReferralStore(work.tx)
        let referrals = try await store.locked(concerning: members)
        guard !referrals.isEmpty else { return }
        let facts = try await store.facts(of: referrals)
        let known = referrals.compactMap { referral in facts[referral.id].map { (referral, $0) } }
        for group in Dictionary(grouping: known, by: { $0.1.referred }).values {
            let verdicts = ReferralVerdict.all(group, now: work.now)
            for (referral, facts) in group.sorted(by: { $0.0.id < $1.0.id }) {
                guard let verdict = verdicts[referral.id] else { continue }
                try await settle(referral, facts, verdict, work)
            }
        }
    }

    /// The time of one has run out.
    func expired(_ timer: DueTimer, _ work: Work) async throws {
        guard let id = ReferralID(timer.key), let referral = try await ReferralStore(work.tx).find(id) else { return }
        try await self(ofAnyOf: [referral.referred], work)
    }

    /// A referral that has just arrived is settled for the first time.
    func arrived(_ referral: Referral, _ work: Work) async throws {
        try await ReferralStore(work.tx).add(referral)
        try await self(ofAnyOf: [referral.referred], work)
        guard referral.objection == nil else { return }
        try await work.timers.set(Self.timerKind, key: referral.id, at: referral.expiresAt, cause: work.cause)
    }

    private func settle(
        _ referral: Referral,
        _ facts: ReferralFacts,
        _ verdict: ReferralVerdict,
        _ work: Work
    ) async throws {
        var settled = referral
        settled.state = verdict.state
        settled.why = verdict.why
        if verdict.state.isWon {
            settled.dealID = facts.won?.dealID
            settled.earnedAt = referral.earnedAt ?? work.now
        }
        let store = ReferralStore(work.tx)
        let isNew = try await store.isNew(referral.id)
        guard isNew || settled.state != referral.state || settled.why.rule != referral.why.rule else { return }
        try store.save(settled)
        try store.note(settled, by: work.cause.actor, at: work.now)
        guard isNew || settled.state != referral.state else { return }
        let event = ReferralChanged(settled, facts, previous: isNew ? nil : referral.state)
        try await work.publish(event, about: settled.id, uid: facts.referrer)
    }
}

extension ReferralChanged {
    fileprivate init(_ referral: Referral, _ facts: ReferralFacts, previous: Referral.State?) {
        self.init(
            referralID: referral.id,
            leadID: referral.leadID,
            referrerUID: facts.referrer,
            referredUID: facts.referred,
            state: referral.state.rawValue,
            previousState: previous?.rawValue,
            dealID: referral.dealID,
            rewards: referral.rewards,
            note: referral.state == .paid ? referral.reference : nil,
            why: referral.why
        )
    }
}
