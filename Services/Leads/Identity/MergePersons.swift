import Contracts
import Failures
import Foundation
import Messaging

/// Makes one person of two.
///
/// Nothing is destroyed: what is known keeps the UID that it was told of, and the merged UID resolves to the survivor from
/// then on.
struct MergePersons: Sendable {
    let reckon = ReckonPerson()

    @discardableResult
    func callAsFunction(
        _ other: UID,
        into kept: UID,
        why: Why,
        because submission: UUID? = nil,
        _ work: Work
    ) async throws -> Merge {
        let aliases = AliasStore(work.tx)
        let now = try await aliases.survivors(of: [kept, other])
        guard let survivor = now[kept], let merged = now[other], survivor != merged else {
            throw Rejection(.conflict, "same-person", "They are one person already.")
        }
        let sides = SideStore(work.tx)
        guard try await PersonStore(work.tx).all([survivor, merged]).count == 2 else {
            throw Rejection.notFound("person", other)
        }
        try await sides.lock([survivor, merged])
        guard try await aliases.different(among: [survivor, merged]).isEmpty else {
            throw Rejection(.conflict, "different-people", "Somebody has said that they are different people.")
        }
        try await ErasureStore(work.tx).refuseErased([survivor, merged])
        let loaded = try await sides.load([survivor, merged], locking: true)
        guard let one = loaded[survivor], let two = loaded[merged] else { throw SideStore.lostRace }
        let plan = MergePlan(one, two, now: work.now)
        let merge = Merge(
            id: .new(),
            survivor: survivor,
            merged: merged,
            why: why,
            actor: work.cause.actor,
            mergedAt: work.now
        )
        try await save(plan, merge, because: submission, work)
        try await tell(plan, merge, work)
        try await reckon([merge.survivor], work)
        try FoldTags.soon([merge.survivor], work)
        return merge
    }

    private func save(_ plan: MergePlan, _ merge: Merge, because submission: UUID?, _ work: Work) async throws {
        let sides = SideStore(work.tx)
        // First, since a person has at most one open lead.
        try sides.hide(plan.folding.hidden)
        try await FoldEnrolments().merge(plan.merged.members, of: merge.merged, into: merge.survivor, work)
        try sides.move(plan.merged.members, from: merge.merged, to: merge.survivor)
        try AliasStore(work.tx).merge(merge.merged, into: merge.survivor, merge.id)
        try MergeStore(work.tx).insert(merge, plan.snapshot, submission: submission)
        try ReviewStore(work.tx).settle(plan.joined.members)
        try await PersonStore(work.tx).save([plan.joined.person], now: work.now)
        try await work.timers.cancel(ResponseTarget.timerKind, keys: plan.folding.newlyHidden)
    }

    private func tell(_ plan: MergePlan, _ merge: Merge, _ work: Work) async throws {
        let event = PersonMerged(
            mergeID: merge.id,
            uid: merge.survivor,
            mergedUID: merge.merged,
            uids: plan.merged.members,
            standing: plan.folding.standing?.standing,
            hiddenLeadIDs: plan.folding.newlyHidden,
            why: merge.why
        )
        try await work.publish(event, about: merge.survivor, uid: merge.survivor)
        try await work.publishAnew(plan.joined.person, before: plan.survivor.person, source: "merge")
    }
}

extension PersonIdentified {
    init(_ person: Person, isNew: Bool) {
        self.init(
            uid: person.uid,
            person: person.card,
            consent: person.consent,
            grounds: person.consents.told,
            isNew: isNew
        )
    }
}

extension ConsentChanged {
    init(_ person: Person, source: String) {
        self.init(uid: person.uid, consent: person.consent, grounds: person.consents.told, source: source)
    }
}

extension Work {
    /// Tells the whole of a person, whose parts have changed, and what they allow where that has.
    func publishAnew(_ person: Person, before: Person?, source: String) async throws {
        try await publish(PersonIdentified(person, isNew: false), about: person.uid, uid: person.uid)
        guard person.consents != before?.consents else { return }
        try await publish(ConsentChanged(person, source: source), about: person.uid, uid: person.uid)
    }
}
