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
        let store = MergeStore(work.tx)
        guard let merge = try await store.locked(id) else { throw Rejection.notFound("merge", id) }
        guard merge.isStanding else {
            throw Rejection(.conflict, "merge-undone", "The merge has been taken back already.")
        }
        let aliases = AliasStore(work.tx)
        let survivor = try await aliases.survivor(of: merge.merged)
        let sides = SideStore(work.tx)
        let persons = PersonStore(work.tx)
        try await persons.lockIdentifiers(of: [survivor])
        _ = try await persons.locked([survivor, merge.merged])
        guard try await aliases.survivor(of: merge.merged) == survivor,
            let whole = try await sides.load([survivor], locking: true)[survivor]
        else { throw SideStore.lostRace }
        try await ErasureStore(work.tx).refuseErased([survivor])
        let companions = try await aliases.tree(of: [survivor]).members(of: merge.merged)
        let parted = whole.parted(merge.merged, with: companions)
        let folded = [parted.staying, parted.leaving].map { LeadFolding($0.leads, now: work.now) }

        try sides.move(companions, from: survivor, to: merge.merged)
        try aliases.unmerge(merge.merged, with: companions)
        try await FoldEnrolments().part(companions, from: survivor, to: merge.merged, work)
        for folding in folded {
            try sides.hide(folding.hidden)
            try sides.revive(folding.revived)
        }
        try await persons.save([parted.staying.person, parted.leaving.person], now: work.now)
        try store.undo(id, by: work.cause.actor, now: work.now)
        try ReviewStore(work.tx).reopen(between: parted.leaving.members, and: parted.staying.members)
        if different { try part(merge, work) }
        try await wind(folded.flatMap(\.revived), work)
        let event = PersonUnmerged(
            mergeID: id,
            uid: survivor,
            unmergedUID: merge.merged,
            uids: companions,
            standing: folded[0].standing?.standing,
            unmergedStanding: folded[1].standing?.standing
        )
        try await work.publish(event, about: survivor, uid: survivor)
        try await work.publishAnew(parted.staying.person, before: whole.person, source: "unmerge")
        try await work.publishAnew(parted.leaving.person, before: nil, source: "unmerge")
        try await reckon([survivor, merge.merged], work)
        try FoldTags.soon([survivor, merge.merged], work)
        return merge
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
