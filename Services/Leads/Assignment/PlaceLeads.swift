import Contracts
import Foundation
import Messaging

/// Finds agents for leads that exist already: those in the pool, those whose agent has left or did not answer.
struct PlaceLeads: Sendable {
    /// Leads that are placed in one transaction at most; those left over have their turn with the next change of staff.
    private static let atOnce = 200

    /// Gives waiting leads to whoever is free now, oldest first.
    func fromPool(_ work: Work) async throws {
        let waiting = try await LeadStore(work.tx).waiting(atMost: Self.atOnce)
        guard !waiting.isEmpty else { return }
        try await place(waiting, restartsClock: true, work)
    }

    /// Gives the unanswered leads of somebody who has left to others.
    func unanswered(of staff: StaffID, _ work: Work) async throws {
        let leads = try await LeadStore(work.tx).unanswered(of: staff, atMost: Self.atOnce)
        guard !leads.isEmpty else { return }
        try await place(leads, restartsClock: true, work)
    }

    /// Gives locked leads to the next agents, in this order, each for a cause of its own.
    /// - Returns: those that somebody has now.
    func next(_ leads: [Lead], causes: [LeadID: Cause], _ work: Work) async throws -> Set<LeadID> {
        guard !leads.isEmpty else { return [] }
        return Set(try await place(leads, causes: causes, restartsClock: false, work).map(\.id))
    }

    /// Gives a lead to whom a manager has chosen.
    func byHand(_ lead: Lead, to agent: StaffMember, by actor: String, _ work: Work) async throws -> Lead {
        let why = Why(rule: "assign.by-hand", version: 1, inputs: ["by": actor])
        let assignment = Assignment(ownerID: agent.id, teamID: agent.teamID, why: why)
        let targets = try await ResponseTargets.load(work.tx)
        return try await save([(lead, assignment)], restartingBy: targets, work)[0]
    }

    @discardableResult
    private func place(
        _ leads: [Lead],
        causes: [LeadID: Cause] = [:],
        restartsClock: Bool,
        _ work: Work
    ) async throws -> [Lead] {
        let rosters = RosterStore(work.tx)
        let before = try await rosters.locked()
        var roster = before
        var placed: [(Lead, Assignment)] = []
        for lead in leads {
            let assignment = roster.assign(AssignmentQuestion(lead))
            guard assignment.ownerID != nil else { continue }
            if let owner = lead.ownerID { roster.release(owner) }
            placed.append((lead, assignment))
        }
        guard !placed.isEmpty else { return [] }
        try await rosters.save(roster, since: before)
        return try await save(
            placed,
            causes: causes,
            restartingBy: restartsClock ? try await ResponseTargets.load(work.tx) : nil,
            work
        )
    }

    /// Writes where leads are now and tells of it; with `targets` their first-response clocks start anew.
    private func save(
        _ placed: [(lead: Lead, assignment: Assignment)],
        causes: [LeadID: Cause] = [:],
        restartingBy targets: ResponseTargets?,
        _ work: Work
    ) async throws -> [Lead] {
        let store = LeadStore(work.tx)
        var saved: [Lead] = []
        var clocks: [TimerDraft] = []
        for (before, assignment) in placed {
            var lead = before
            lead.place(assignment)
            if let targets, lead.status == .open {
                lead.step = .waiting
                lead.responseDueAt = work.now.addingTimeInterval(targets[lead.grade].respondWithin)
                let cause = causes[lead.id] ?? work.cause
                clocks.append(
                    try TimerDraft(ResponseTarget.timerKind, key: lead.id, at: lead.responseDueAt, cause: cause)
                )
            }
            saved.append(lead)
        }
        try await work.timers.set(clocks)
        try await store.save(saved)
        try await store.note(placed.map { ($0.lead.id, $0.assignment.why) }, at: work.now)
        try await tell(placed, saved, causes: causes, work)
        return saved
    }

    /// Keeps why leads are where they are, and tells the others of it.
    private func tell(
        _ placed: [(lead: Lead, assignment: Assignment)],
        _ saved: [Lead],
        causes: [LeadID: Cause],
        _ work: Work
    ) async throws {
        let names = try await PersonStore(work.tx).names(of: Set(saved.map(\.uid)))
        try await DecisionStore(work.tx).insert(
            try placed.map {
                try .init(leadID: $0.lead.id, kind: "assign", outcome: $0.assignment.outcome, why: $0.assignment.why)
            },
            actor: work.cause.actor,
            now: work.now
        )
        try await work.publish(
            zip(placed, saved).map { change, lead in
                let event = LeadAssigned(
                    lead,
                    change.assignment,
                    name: names[lead.uid],
                    previous: change.lead.ownerID
                )
                return Draft(event, about: lead.id, uid: lead.uid, cause: causes[lead.id] ?? work.cause)
            }
        )
    }
}

extension AssignmentQuestion {
    /// A lead that needs another agent than those who have had it.
    init(_ lead: Lead) {
        self.init(
            projects: lead.project.map { [$0] } ?? [],
            districts: lead.district.map { [$0] } ?? [],
            channel: lead.channel,
            grade: lead.grade.rawValue,
            excluded: Set(lead.owners)
        )
    }
}
