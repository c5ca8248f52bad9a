import Contracts
import Foundation
import Messaging
import Policies

/// What happens when nobody has spoken with the persons of leads in time: remind the owner, then the next agent, then the
/// manager; each step once.
struct ClimbLadder: Sendable {
    let place: PlaceLeads

    func callAsFunction(_ timers: [DueTimer], _ work: Work) async throws {
        var climbs = try await climbs(of: timers, work)
        guard !climbs.isEmpty else { return }
        try await reassign(&climbs, work)
        try await LeadStore(work.tx).save(climbs.filter { $0.rung != .reassign }.map(\.after))
        try await work.timers.set(climbs.compactMap { climb in try climb.nextTimer })
        // What nobody has answered by now falls under the rule for what nobody follows up.
        let left = climbs.filter { $0.rung == .manager && $0.lead.ownerID != nil }.map(\.lead.id)
        if !left.isEmpty {
            let policy = try await PolicyStore(work.tx).current(RecyclePolicy.self).value
            try await RecycleIdle.begin(left, policy: policy, from: work.now, cause: work.cause, work)
        }
        try await tell(climbs, work)
    }

    /// One lead's step.
    private struct Climb {
        /// The lead before it.
        let lead: Lead
        var rung: Rung
        let targets: ResponseTargets
        let timer: DueTimer

        /// When the next step is due, which is reckoned from when this one was.
        var nextAt: Date? {
            rung.pause(by: targets[lead.grade]).map { targets.moment($0, after: timer.dueAt, lead.grade) }
        }

        var nextTimer: TimerDraft? {
            get throws {
                try nextAt.map { try TimerDraft(ResponseTarget.timerKind, key: lead.id, at: $0, cause: timer.cause) }
            }
        }

        /// The lead after it, but for whom it is given to.
        var after: Lead {
            var lead = lead
            lead.step = rung.step
            // The next agent's time is counted anew.
            if rung == .reassign, let nextAt { lead.responseDueAt = nextAt }
            return lead
        }
    }

    /// The steps of those that still stand, in the order in which they are due; the leads are locked.
    private func climbs(of timers: [DueTimer], _ work: Work) async throws -> [Climb] {
        let locked = try await LeadStore(work.tx).locked(timers.compactMap { LeadID($0.key) })
        let leads = Dictionary(uniqueKeysWithValues: locked.map { ($0.id, $0) })
        let targets = try await ResponseTargets.load(work.tx, at: work.now)
        return timers.compactMap { timer in
            guard let lead = LeadID(timer.key).flatMap({ leads[$0] }), let rung = Rung(after: lead) else { return nil }
            return Climb(lead: lead, rung: rung, targets: targets, timer: timer)
        }
    }

    /// Gives leads to the next agents; those for whom there is nobody are the manager's at once.
    private func reassign(_ climbs: inout [Climb], _ work: Work) async throws {
        let meant = climbs.filter { $0.rung == .reassign }
        let causes = Dictionary(uniqueKeysWithValues: meant.map { ($0.lead.id, $0.timer.cause) })
        let placed = try await place.next(meant.map(\.after), causes: causes, work)
        for index in climbs.indices where climbs[index].rung == .reassign && !placed.contains(climbs[index].lead.id) {
            climbs[index].rung = .manager
        }
    }

    /// Keeps why each step was taken, and tells the others of it.
    private func tell(_ climbs: [Climb], _ work: Work) async throws {
        let names = try await PersonStore(work.tx).names(of: Set(climbs.map(\.lead.uid)))
        let posts = Set(climbs.filter { $0.rung == .manager }.map { StaffStore.Post(of: $0.lead) })
        let managers = posts.isEmpty ? [:] : try await StaffStore(work.tx).managers(of: Array(posts))
        var decisions: [DecisionStore.Entry] = []
        var events: [Draft] = []
        for climb in climbs {
            let lead = climb.lead
            let event = LeadResponseOverdue(
                leadID: lead.id,
                uid: lead.uid,
                step: climb.rung.rawValue,
                ownerID: lead.ownerID,
                managerID: climb.rung == .manager ? managers[StaffStore.Post(of: lead)] : nil,
                grade: lead.grade.rawValue,
                customerName: names[lead.uid],
                dueAt: climb.timer.dueAt,
                why: climb.rung.why(lead, climb.targets[lead.grade])
            )
            decisions.append(try .init(leadID: lead.id, kind: "response", outcome: event.step, why: event.why))
            events.append(Draft(event, about: lead.id, uid: lead.uid, cause: climb.timer.cause))
        }
        try await DecisionStore(work.tx).insert(decisions, actor: work.cause.actor, now: work.now)
        try await work.publish(events)
        let steps = climbs.map { ($0.lead.grade, $0.rung.rawValue) }
        work.afterCommit { for (grade, step) in steps { LeadMetrics.overdue(grade, step: step) } }
    }
}
