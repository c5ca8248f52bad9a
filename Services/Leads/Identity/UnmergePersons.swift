import Contracts
import Failures
import Foundation
import Messaging
import Policies

/// Takes a merge back: each side gets exactly what it had, and of what came since, what names it.
struct UnmergePersons: Sendable {
    let reckon = ReckonPerson()

    /// `different`: they are not to be proposed or joined again.
    @discardableResult
    func callAsFunction(_ id: MergeID, different: Bool, _ work: Work) async throws -> Merge {
        guard let merge = try await MergeStore(work.tx).locked(id) else { throw Rejection.notFound("merge", id) }
        guard merge.isStanding else {
            throw Rejection(.conflict, "merge-undone", "The merge has been taken back already.")
        }
        let whole = try await whole(merge, work)
        let companions = try await AliasStore(work.tx).tree(of: [whole.uid]).members(of: merge.merged)
        let parting = Parting(whole, merge.merged, with: companions, now: work.now)
        try await save(parting, merge, work)
        if different { try part(merge, work) }
        try await wind(parting.revived, work)
        try await tell(parting, merge, work)
        try await reckon([whole.uid, merge.merged], work)
        try FoldTags.soon([whole.uid, merge.merged], work)
        return merge
    }

    /// What goes apart, and what becomes of the leads of each side.
    private struct Parting {
        let whole: Side
        /// Who leaves, with those who were merged into them before.
        let companions: [UID]
        let staying: Side
        let leaving: Side
        let stayingLeads: LeadFolding
        let leavingLeads: LeadFolding

        var revived: [PersonLead] { stayingLeads.revived + leavingLeads.revived }

        init(_ whole: Side, _ merged: UID, with companions: [UID], now: Date) {
            self.whole = whole
            self.companions = companions
            (staying, leaving) = whole.parted(merged, with: companions)
            stayingLeads = LeadFolding(staying.leads, now: now)
            leavingLeads = LeadFolding(leaving.leads, now: now)
        }
    }

    /// Whoever the merged person is part of now, locked.
    private func whole(_ merge: Merge, _ work: Work) async throws -> Side {
        let aliases = AliasStore(work.tx)
        let persons = PersonStore(work.tx)
        let survivor = try await aliases.survivor(of: merge.merged)
        try await persons.lockIdentifiers(of: [survivor])
        _ = try await persons.locked([survivor, merge.merged])
        guard try await aliases.survivor(of: merge.merged) == survivor,
            let whole = try await SideStore(work.tx).load([survivor], locking: true)[survivor]
        else { throw SideStore.lostRace }
        try await ErasureStore(work.tx).refuseErased([survivor])
        return whole
    }

    private func save(_ parting: Parting, _ merge: Merge, _ work: Work) async throws {
        let sides = SideStore(work.tx)
        let (survivor, companions) = (parting.whole.uid, parting.companions)
        try sides.move(companions, from: survivor, to: merge.merged)
        try AliasStore(work.tx).unmerge(merge.merged, with: companions)
        try await FoldEnrolments().part(companions, from: survivor, to: merge.merged, work)
        for folding in [parting.stayingLeads, parting.leavingLeads] {
            try sides.hide(folding.hidden)
            try sides.revive(folding.revived)
        }
        try await PersonStore(work.tx).save([parting.staying.person, parting.leaving.person], now: work.now)
        try MergeStore(work.tx).undo(merge.id, by: work.cause.actor, now: work.now)
        try ReviewStore(work.tx).reopen(between: parting.leaving.members, and: parting.staying.members)
    }

    private func tell(_ parting: Parting, _ merge: Merge, _ work: Work) async throws {
        let survivor = parting.whole.uid
        let event = PersonUnmerged(
            mergeID: merge.id,
            uid: survivor,
            unmergedUID: merge.merged,
            uids: parting.companions,
            standing: parting.stayingLeads.standing?.standing,
            unmergedStanding: parting.leavingLeads.standing?.standing
        )
        try await work.publish(event, about: survivor, uid: survivor)
        try await work.publishAnew(parting.staying.person, before: parting.whole.person, source: "unmerge")
        try await work.publishAnew(parting.leaving.person, before: nil, source: "unmerge")
    }

    private func part(_ merge: Merge, _ work: Work) throws {
        let pair = UIDPair(merge.survivor, merge.merged)
        try AliasStore(work.tx).pin(pair, by: work.cause.actor, now: work.now)
        try ReviewStore(work.tx).markDifferent(pair, by: work.cause.actor, now: work.now)
    }

    /// The clocks of leads go on that had one when they were hidden; an offer that nobody could follow is over.
    private func wind(_ leads: [PersonLead], _ work: Work) async throws {
        try await LeadStore(work.tx).endOffers(leads.map(\.id))
        let isClimbing: (PersonLead) -> Bool = { [.waiting, .reminded, .reassigned].contains($0.step) }
        let waiting = leads.filter { $0.status == .open && isClimbing($0) }
        let idle = leads.filter { $0.status.isOpen && $0.ownerID != nil && !($0.status == .open && isClimbing($0)) }
        if !idle.isEmpty {
            let policy = try await PolicyStore(work.tx).current(RecyclePolicy.self).value
            try await RecycleIdle.begin(idle.map(\.id), policy: policy, from: work.now, cause: work.cause, work)
            try await KeepFollowUps().revived(idle.map(\.id), work)
        }
        try await work.timers.set(
            waiting.map { lead in
                try TimerDraft(ResponseTarget.timerKind, key: lead.id, at: lead.responseDueAt, cause: work.cause)
            }
        )
    }
}
