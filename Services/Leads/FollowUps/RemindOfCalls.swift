import Contracts
import Foundation
import Messaging
import Policies

/// Nobody has called when it was due: the owner is reminded, then the manager hears of it, each once.
struct RemindOfCalls: Sendable {
    func callAsFunction(_ timers: [DueTimer], _ work: Work) async throws {
        let policy = try await PolicyStore(work.tx).current(FollowUpPolicy.self)
        let steps = try await steps(timers, policy.value, work)
        guard !steps.isEmpty else { return }
        try FollowUpStore(work.tx).save(steps.map(\.followUp))
        try await work.timers.set(steps.compactMap { try $0.followUp.timer(policy.value, $0.cause) })
        try await tell(steps, policy, work)
    }

    /// One lead's step.
    private struct Step {
        let lead: Lead
        let owner: StaffID
        /// As it is after the step.
        let followUp: FollowUp
        /// `owner` or `manager`.
        let told: String
        let cause: Cause
    }

    /// The steps of those that still stand, whose leads are locked; where the date is another one now, that one counts, and
    /// where Sales has a deal meanwhile, only what somebody has agreed.
    private func steps(_ timers: [DueTimer], _ policy: FollowUpPolicy, _ work: Work) async throws -> [Step] {
        let locked = try await LeadStore(work.tx).locked(timers.compactMap { LeadID($0.key) })
        let leads = Dictionary(locked.map { ($0.id, $0) }) { first, _ in first }
        let known = try await FollowUpStore(work.tx).of(locked.map(\.id))
        let selling = try await DealStore(work.tx).underWay(with: Set(locked.map(\.uid)))
        let left = Set(locked.filter { selling.contains($0.uid) && known[$0.id]?.setBy == nil }.map(\.id))
        try await KeepFollowUps.stop(left.sorted(), work)
        var again: [TimerDraft] = []
        let steps = try timers.compactMap { timer -> Step? in
            guard let lead = LeadID(timer.key).flatMap({ leads[$0] }), lead.status.isOpen, let owner = lead.ownerID,
                !left.contains(lead.id), let followUp = known[lead.id], let due = followUp.nextStepAt(policy),
                let next = followUp.advanced
            else { return nil }
            guard due <= work.now.addingTimeInterval(1) else {
                again += [try followUp.timer(policy, timer.cause)].compactMap(\.self)
                return nil
            }
            return Step(lead: lead, owner: owner, followUp: next.followUp, told: next.told, cause: timer.cause)
        }
        try await work.timers.set(again)
        return steps
    }

    /// Keeps why somebody is told, and tells the others of it.
    private func tell(_ steps: [Step], _ policy: Versioned<FollowUpPolicy>, _ work: Work) async throws {
        let names = try await PersonStore(work.tx).names(of: Set(steps.map(\.lead.uid)))
        let posts = Set(steps.filter { $0.told == "manager" }.map { StaffStore.Post(of: $0.lead) })
        let managers = posts.isEmpty ? [:] : try await StaffStore(work.tx).managers(of: Array(posts))
        let events = steps.map { step in
            LeadFollowUpDue(
                leadID: step.lead.id,
                uid: step.lead.uid,
                step: step.told,
                ownerID: step.owner,
                managerID: step.told == "manager" ? managers[StaffStore.Post(of: step.lead)] : nil,
                grade: step.lead.grade.rawValue,
                customerName: names[step.lead.uid],
                dueAt: step.followUp.dueAt,
                why: step.followUp.why(step.told, step.lead.grade, policy)
            )
        }
        try await DecisionStore(work.tx).insert(
            events.map { try .init(leadID: $0.leadID, kind: "follow-up", outcome: $0.step, why: $0.why) },
            actor: work.cause.actor,
            now: work.now
        )
        try await work.publish(
            zip(events, steps).map { Draft($0, about: $0.leadID, uid: $0.uid, cause: $1.cause) }
        )
    }
}
