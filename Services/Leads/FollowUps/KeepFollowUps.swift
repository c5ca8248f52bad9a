import Contracts
import Foundation
import Messaging
import Policies

/// Says when people are to be called next, and forgets it when their leads are closed or nobody's.
struct KeepFollowUps: Sendable {
    /// Somebody has called about a lead, or tried to: what they have agreed counts, else what the policy says.
    ///
    /// The lead is locked, and as it was before. Who was never spoken with has the clock of the first response.
    func contacted(_ lead: Lead, _ contact: ContactLogged, _ work: Work) async throws {
        let known = try await FollowUpStore(work.tx).of([lead.id])[lead.id]
        // What is told late of an earlier call changes nothing.
        guard known.map({ $0.setAt <= contact.contactedAt }) ?? true else { return }
        if let due = contact.nextAt {
            let action = contact.nextAction?.cleaned(atMost: 200)
            let agreed = FollowUp.agreed(lead.id, at: due, action, by: contact.staffID, setAt: contact.contactedAt)
            return try await begin([agreed], work)
        }
        guard lead.status == .contacted || contact.isReached else { return }
        guard try await !hasDeal(lead, work) else { return try await Self.stop([lead.id], work) }
        let policy = try await PolicyStore(work.tx).current(FollowUpPolicy.self)
        try await begin([.standard(lead, since: contact.contactedAt, policy)], work)
    }

    /// Leads were given to somebody: what was agreed and is still to come stays, else the days are counted anew.
    func placed(_ leads: [Lead], _ work: Work) async throws {
        let kept = leads.filter { $0.status == .contacted && $0.ownerID != nil }
        try await Self.stop(leads.filter { $0.status == .contacted && $0.ownerID == nil }.map(\.id), work)
        guard !kept.isEmpty else { return }
        let known = try await FollowUpStore(work.tx).of(kept.map(\.id))
        let policy = try await PolicyStore(work.tx).current(FollowUpPolicy.self)
        let selling = try await DealStore(work.tx).underWay(with: Set(kept.map(\.uid)))
        let new = kept.filter { !selling.contains($0.uid) && known[$0.id].map { $0.dueAt <= work.now } ?? true }
        try await begin(new.map { .standard($0, since: work.now, policy) }, work)
    }

    /// Leads are worth something else now: who is worth more is called sooner, and nobody later than was said.
    func regraded(_ leads: [Lead], _ work: Work) async throws {
        let known = try await FollowUpStore(work.tx).of(leads.filter { $0.status == .contacted }.map(\.id))
        let counted = known.values.filter { $0.setBy == nil && $0.step == .waiting }
        guard !counted.isEmpty else { return }
        let policy = try await PolicyStore(work.tx).current(FollowUpPolicy.self)
        let new = leads.compactMap { lead -> FollowUp? in
            guard let before = counted.first(where: { $0.leadID == lead.id }) else { return nil }
            let after = FollowUp.standard(lead, since: before.setAt, policy)
            return after.dueAt < before.dueAt ? after : nil
        }
        try await begin(new, work)
    }

    /// Leads that nobody could see are there again: their clocks go on.
    func revived(_ leads: [LeadID], _ work: Work) async throws {
        let policy = try await PolicyStore(work.tx).current(FollowUpPolicy.self).value
        let known = try await FollowUpStore(work.tx).of(leads)
        try await work.timers.set(known.values.compactMap { try $0.timer(policy, work.cause) })
    }

    /// What is to follow is said of a lead that has become a deal: Sales reminds of it.
    func noted(_ agreed: FollowUp, _ work: Work) async throws {
        try FollowUpStore(work.tx).save([agreed])
        try await decided([agreed], "set", work)
    }

    /// Whether Sales has a deal with the person: what is to follow is agreed there.
    private func hasDeal(_ lead: Lead, _ work: Work) async throws -> Bool {
        try await !DealStore(work.tx).underWay(with: [lead.uid]).isEmpty
    }

    /// There is nothing to call about any more.
    static func stop(_ leads: [LeadID], _ work: Work) async throws {
        guard !leads.isEmpty else { return }
        try FollowUpStore(work.tx).clear(leads)
        try await work.timers.cancel(FollowUp.timerKind, keys: leads)
    }

    /// It counts from now on, whatever was known before.
    func begin(_ followUps: [FollowUp], _ work: Work) async throws {
        guard !followUps.isEmpty else { return }
        try FollowUpStore(work.tx).save(followUps)
        try await decided(followUps, "set", work)
        try await work.timers.set(
            followUps.map { try TimerDraft(FollowUp.timerKind, key: $0.leadID, at: $0.dueAt, cause: work.cause) }
        )
    }

    private func decided(_ followUps: [FollowUp], _ outcome: String, _ work: Work) async throws {
        try await DecisionStore(work.tx).insert(
            followUps.map { try .init(leadID: $0.leadID, kind: "follow-up", outcome: outcome, why: $0.why) },
            actor: work.cause.actor,
            now: work.now
        )
    }
}

extension FollowUp {
    /// Wakes whoever takes the next step; nil after the last.
    func timer(_ policy: FollowUpPolicy, _ cause: Cause) throws -> TimerDraft? {
        try nextStepAt(policy).map { try TimerDraft(FollowUp.timerKind, key: leadID, at: $0, cause: cause) }
    }
}
