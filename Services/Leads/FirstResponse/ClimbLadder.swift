import Contracts
import Foundation
import Messaging

/// What happens when nobody has spoken with the person of a lead in time: remind the owner, then the next agent, then the
/// manager; each step once.
struct ClimbLadder: Sendable {
    let place: PlaceLeads

    func callAsFunction(_ timer: DueTimer, _ work: Work) async throws {
        guard let id = LeadID(timer.key), let lead = try await LeadStore(work.tx).locked(id) else { return }
        guard lead.status == .open, lead.contactedAt == nil else { return }
        let target = try await ResponseTargets.load(work.tx)[lead.grade]
        let name = try await PersonStore(work.tx).all([lead.uid])[lead.uid]?.name
        let rung = Rung(lead: lead, target: target, name: name, dueAt: timer.dueAt)
        switch lead.step {
        // A lead in the pool has nobody to remind: the search for an agent comes first.
        case .waiting where lead.ownerID != nil: try await remind(rung, work)
        case .waiting, .reminded: try await reassign(rung, work)
        case .reassigned: try await escalate(rung, work)
        case .escalated, .stopped: break
        }
    }

    private struct Rung {
        var lead: Lead
        let target: ResponseTarget
        let name: String?
        /// When this step was due, which is what the next one is reckoned from.
        let dueAt: Date
    }

    private func remind(_ rung: Rung, _ work: Work) async throws {
        try await tell(rung, step: "remind", rule: "response.remind", next: "The next agent would get it.", work)
        try await advance(rung, to: .reminded, after: rung.target.reassignAfter, work)
    }

    private func reassign(_ rung: Rung, _ work: Work) async throws {
        var next = rung
        next.lead.step = .reassigned
        next.lead.responseDueAt = rung.dueAt.addingTimeInterval(rung.target.managerAfter)
        guard let placed = try await place.next(next.lead, work) else {
            return try await escalate(rung, work)
        }
        try await tell(rung, step: "reassign", rule: "response.reassign", next: "The manager would be told.", work)
        next.lead = placed
        try await advance(next, to: .reassigned, after: rung.target.managerAfter, work)
    }

    private func escalate(_ rung: Rung, _ work: Work) async throws {
        let manager = try await StaffStore(work.tx).manager(of: rung.lead.ownerID, team: rung.lead.teamID)
        try await tell(
            rung,
            step: "manager",
            rule: "response.manager",
            next: "It was the last step.",
            manager: manager,
            work
        )
        var lead = rung.lead
        lead.step = .escalated
        try await LeadStore(work.tx).save([lead])
    }

    private func advance(_ rung: Rung, to step: ResponseStep, after seconds: Double, _ work: Work) async throws {
        var lead = rung.lead
        lead.step = step
        try await LeadStore(work.tx).save([lead])
        try await work.timers.set(
            ResponseTarget.timerKind,
            key: lead.id,
            at: rung.dueAt.addingTimeInterval(seconds),
            cause: work.cause
        )
    }

    private func tell(
        _ rung: Rung,
        step: String,
        rule: String,
        next: String,
        manager: StaffID? = nil,
        _ work: Work
    ) async throws {
        let lead = rung.lead
        let why = Why(
            rule: rule,
            version: rung.target.version,
            inputs: [
                "grade": lead.grade.rawValue, "respondWithin": "\(Int(rung.target.respondWithin)) s",
                "attempts": "\(lead.attempts)",
            ],
            otherwise: "A contact that reached the person before would have stopped the clock. \(next)"
        )
        try await DecisionStore(work.tx).insert(
            [try .init(leadID: lead.id, kind: "response", outcome: step, why: why)],
            actor: work.cause.actor,
            now: work.now
        )
        let event = LeadResponseOverdue(
            leadID: lead.id,
            uid: lead.uid,
            step: step,
            ownerID: lead.ownerID,
            managerID: manager,
            grade: lead.grade.rawValue,
            customerName: rung.name,
            dueAt: rung.dueAt,
            why: why
        )
        try await work.publish(event, about: lead.id, uid: lead.uid)
        work.afterCommit { LeadMetrics.overdue(lead.grade, step: step) }
    }
}
