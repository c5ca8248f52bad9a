import Contracts
import Foundation
import Messaging
import Policies

/// Finds agents for leads that exist already: those in a pool, those whose agent has left or did not answer.
struct PlaceLeads: Sendable {
    /// Leads that are placed at a time at most.
    static let atOnce = 200
    /// So many times in one transaction: meanwhile nobody else assigns.
    static let timesAtOnce = 5
    /// Fires when more waits in the pools than one transaction looks at.
    static let waitingTimer = "leads.waiting"

    let followUps = KeepFollowUps()

    /// How leads are placed.
    struct Manner: Sendable {
        /// Each lead's cause, where it has one of its own.
        var causes: [LeadID: Cause] = [:]
        var restartsClock = true
        /// Whether a lead goes to a pool for which the rules find nobody, instead of staying where it is.
        var mayPool = false
        /// Only the rules after this one are tried, by lead.
        var after: [LeadID: String] = [:]
        /// Who must not have a lead back yet, by lead.
        var barred: [LeadID: Set<StaffID>] = [:]
        /// Whether whose leads go to a pool may have them back at once: they were away, which is no fault of theirs.
        var mayReturn = false
        /// Whether whoever has a lead now took it themselves, and need not be told.
        var isOwnDoing = false
    }

    /// A place among what waits in the pools, in the order of arrival.
    struct Place: Codable, Sendable {
        let receivedAt: Date
        let id: LeadID
    }

    /// Gives waiting leads to whoever is free now, oldest first.
    ///
    /// What nobody takes does not keep others from their turn: the search goes on behind it, if need be in a
    /// transaction of its own.
    func fromPool(after begin: Place? = nil, _ work: Work) async throws {
        var place = begin
        for _ in 0..<Self.timesAtOnce {
            let waiting = try await LeadStore(work.tx).waiting(after: place, atMost: Self.atOnce)
            guard let last = waiting.last else { return }
            let barred = try await PoolStore(work.tx).barred(from: waiting, at: work.now)
            guard try await search(waiting, Manner(barred: barred), work).isAnybodyFree else { return }
            place = Place(receivedAt: last.receivedAt, id: last.id)
        }
        guard let place else { return }
        try await work.timers.set([
            TimerDraft(Self.waitingTimer, key: "all", at: work.now, payload: place, cause: work.cause)
        ])
    }

    /// The search goes on where it stopped.
    func goOn(_ timer: DueTimer, _ work: Work) async throws {
        try await fromPool(after: timer.payload(Place.self), work)
    }

    /// Gives locked leads to the next agents, in this order, each for a cause of its own.
    /// - Returns: those that somebody has now.
    func next(_ leads: [Lead], causes: [LeadID: Cause], _ work: Work) async throws -> Set<LeadID> {
        let manner = Manner(causes: causes, restartsClock: false)
        return Set(try await place(leads, manner, work).map(\.id))
    }

    /// Gives a lead to whom a manager has chosen.
    func byHand(_ lead: Lead, to agent: StaffMember, by actor: String, _ work: Work) async throws -> Lead {
        let why = Why(rule: "assign.by-hand", version: 1, inputs: ["by": actor])
        let assignment = Assignment(ownerID: agent.id, teamID: agent.teamID, why: why)
        let targets = try await ResponseTargets.load(work.tx, at: work.now)
        return try await put([(lead, assignment)], Manner(), targets, work)[0]
    }

    /// Notes that somebody has begun with a lead on their own.
    @discardableResult
    func taken(_ lead: Lead, by agent: StaffMember, rule: String, _ work: Work) async throws -> Lead {
        var inputs = ["by": work.cause.actor]
        inputs["pool"] = lead.pool
        let why = Why(rule: rule, version: 1, inputs: inputs, otherwise: "It would have waited for somebody.")
        let assignment = Assignment(ownerID: agent.id, teamID: agent.teamID, why: why)
        let targets = try await ResponseTargets.load(work.tx, at: work.now)
        let manner = Manner(restartsClock: false, isOwnDoing: true)
        return try await put([(lead, assignment)], manner, targets, work)[0]
    }

    /// Gives locked leads to whom the rules find, in this order.
    /// - Returns: those that were placed, as they are now.
    @discardableResult
    func place(_ leads: [Lead], _ manner: Manner, _ work: Work) async throws -> [Lead] {
        try await search(leads, manner, work).placed
    }

    private func search(
        _ leads: [Lead],
        _ manner: Manner,
        _ work: Work
    ) async throws -> (placed: [Lead], isAnybodyFree: Bool) {
        guard !leads.isEmpty else { return ([], true) }
        let facts = try await LeadFactsStore(work.tx).seen(leads.map(\.id))
        let rosters = RosterStore(work.tx)
        let ground = try await rosters.locked(at: work.now)
        var roster = ground.roster
        var placed: [(lead: Lead, assignment: Assignment)] = []
        for lead in leads {
            var question = AssignmentQuestion(lead, facts[lead.id], barred: manner.barred[lead.id] ?? [])
            question.after = manner.after[lead.id]
            var assignment = roster.assign(question)
            // What waits in a pool is not offered there once more: the rules after the offer are tried.
            while let offer = assignment.offer, lead.pool != nil, !manner.mayPool {
                question.after = offer.rule
                assignment = roster.assign(question)
            }
            guard assignment.ownerID != nil || (manner.mayPool && assignment.pool != lead.pool) else { continue }
            placed.append((lead, assignment))
        }
        let isAnybodyFree = roster.agents.values.contains(where: \.isFree)
        guard !placed.isEmpty else { return ([], isAnybodyFree) }
        try await rosters.save(roster, since: ground.roster, leads: placed.map(\.lead.id), now: work.now)
        return (try await put(placed, manner, ground.targets, work), isAnybodyFree)
    }

    /// Writes where leads are now and tells of it.
    func put(
        _ placed: [(lead: Lead, assignment: Assignment)],
        _ manner: Manner,
        _ targets: ResponseTargets,
        _ work: Work
    ) async throws -> [Lead] {
        let saved = placed.map { before, assignment in
            var lead = before
            lead.place(assignment)
            if manner.restartsClock, lead.status == .open {
                lead.step = .waiting
                lead.responseDueAt = targets.dueAt(lead.grade, from: work.now)
            }
            return lead
        }
        if manner.restartsClock { try await restartClocks(saved.filter { $0.status == .open }, manner, work) }
        let store = LeadStore(work.tx)
        try await store.save(saved)
        try await store.note(placed.map { ($0.lead.id, $0.assignment.why) }, at: work.now)
        // A lead that was spoken about already has no first-response clock, but must not be forgotten either.
        let kept = saved.filter { $0.status == .contacted && $0.ownerID != nil }.map(\.id)
        if !kept.isEmpty {
            let policy = try await PolicyStore(work.tx).current(RecyclePolicy.self).value
            try await RecycleIdle.begin(kept, policy: policy, from: work.now, cause: work.cause, work)
        }
        try await followUps.placed(saved, work)
        try await Offers.make(zip(saved, placed).map { ($0, $1.assignment) }, work)
        try await PoolStore(work.tx).noteExits(
            placed.compactMap { change in
                guard change.assignment.ownerID == nil, !manner.mayReturn else { return nil }
                return change.lead.ownerID.map { (change.lead.id, $0) }
            },
            at: work.now
        )
        try await tell(placed, saved, manner, work)
        return saved
    }

    private func restartClocks(_ leads: [Lead], _ manner: Manner, _ work: Work) async throws {
        try await work.timers.set(
            try leads.map { lead in
                try TimerDraft(
                    ResponseTarget.timerKind,
                    key: lead.id,
                    at: lead.responseDueAt,
                    cause: manner.causes[lead.id] ?? work.cause
                )
            }
        )
    }

    /// Keeps why leads are where they are, and tells the others of it.
    private func tell(
        _ placed: [(lead: Lead, assignment: Assignment)],
        _ saved: [Lead],
        _ manner: Manner,
        _ work: Work
    ) async throws {
        let people = Set(saved.map(\.uid))
        let names = try await PersonStore(work.tx).names(of: people)
        let tags = try await KnownTagStore(work.tx).known(of: people)
        try await DecisionStore(work.tx).insert(
            try placed.map { try .init(leadID: $0.lead.id, $0.assignment) },
            actor: work.cause.actor,
            now: work.now
        )
        try await work.publish(
            zip(placed, saved).map { change, lead in
                let event = LeadAssigned(
                    lead,
                    change.assignment,
                    name: names[lead.uid],
                    previous: change.lead.ownerID,
                    isOwnDoing: manner.isOwnDoing,
                    tags: tags[lead.uid]?.holding ?? []
                )
                return Draft(event, about: lead.id, uid: lead.uid, cause: manner.causes[lead.id] ?? work.cause)
            }
        )
    }
}

extension AssignmentQuestion {
    /// A lead that needs another agent than whose it is, best one who has not had it yet.
    init(_ lead: Lead, _ seen: LeadFactsStore.Seen?, barred: Set<StaffID>) {
        let excluded = barred.union([lead.ownerID].compactMap(\.self))
        self.init(
            seen?.facts ?? LeadFacts(),
            previousOwner: seen?.previousOwner,
            excluded: excluded,
            former: Set(lead.owners).subtracting(excluded),
            holder: lead.ownerID
        )
    }
}
