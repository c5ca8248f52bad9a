import Contracts
import Failures
import Foundation
import Messaging
import Policies

/// What somebody wants a sequence to be.
struct SequenceWish: Codable, Sendable {
    var name: String
    var segmentId: SegmentID?
    /// Reasons for which a lead was given up, or `recycled`.
    var takes: [String]?
    /// `pause` or `end`.
    var onReply: String?
    var lines: [NurtureLine]
    var isActive: Bool
    /// The version that was looked at; missing for a new one.
    var version: Int?
}

/// Makes a sequence, or a new version of one; who is on the way goes on by the version that they began with.
struct SaveSequence: Sendable {
    func callAsFunction(_ id: SequenceID, _ wish: SequenceWish, _ work: Work) async throws -> NurtureSequence {
        let plan = try await plan(wish, work)
        let store = NurtureStore(work.tx)
        let present = try await store.locked(id)
        guard wish.version == present?.version else {
            throw Rejection(.conflict, "sequence-changed", "Somebody has changed it meanwhile.", field: "version")
        }
        let sequence = NurtureSequence(
            id: id,
            plan: plan,
            version: (present?.version ?? 0) + 1,
            changedBy: work.cause.actor,
            changedAt: work.now
        )
        guard try await store.save(sequence) else {
            throw Rejection(.conflict, "name-taken", "Another sequence has that name.", field: "name")
        }
        let event = NurtureSequenceChanged(
            sequenceID: id.description,
            name: plan.name,
            version: sequence.version,
            isActive: plan.isActive,
            steps: plan.steps.count
        )
        try await work.publish(event, about: id)
        if plan.isActive, plan.segmentID != nil {
            let sweep = EnrolPeople.Sweep(sequenceID: id)
            try await work.timers.set(EnrolPeople.sweepTimer, key: id, at: work.now, payload: sweep, cause: work.cause)
        } else {
            try await work.timers.cancel(EnrolPeople.sweepTimer, key: id)
        }
        return sequence
    }

    private func plan(_ wish: SequenceWish, _ work: Work) async throws -> NurturePlan {
        guard let name = wish.name.cleaned(atMost: 80) else {
            throw Rejection.invalid("name", "missing", "A sequence has a name of at most 80 characters.")
        }
        guard let reply = NurturePlan.Reply(rawValue: wish.onReply ?? NurturePlan.Reply.pause.rawValue) else {
            throw Rejection.invalid("onReply", "unknown-reply", "onReply is pause or end.")
        }
        if let segment = wish.segmentId, try await !SegmentStore(work.tx).keep(segment) {
            throw Rejection.invalid("segmentId", "no-such-segment", "There is no such segment.")
        }
        let plan = NurturePlan(
            name: name,
            segmentID: wish.segmentId,
            takes: wish.takes ?? [],
            reply: reply,
            lines: wish.lines,
            isActive: wish.isActive
        )
        let policy = try await PolicyStore(work.tx).current(NurturePolicy.self).value
        if let objection = plan.objection(policy) { throw objection }
        return plan
    }
}
