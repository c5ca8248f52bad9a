import Contracts
import Failures
import Messaging
import Web

/// Gives a lead up, for a reason; it stays searchable.
struct DiscardLead: Sendable {
    let place: PlaceLeads

    func callAsFunction(_ id: LeadID, reason: String, note: String?, _ sight: Sight, _ work: Work) async throws {
        try sight.requireActing()
        let reason = try DiscardReason(chosen: reason)
        let store = LeadStore(work.tx)
        guard let lead = try await store.locked(id), sight.sees(lead.belonging(isSold: false)) else {
            throw Rejection.notFound("lead", id)
        }
        guard lead.status.isOpen else {
            throw Rejection(.conflict, "lead-not-open", "The lead is \(lead.status.rawValue) already.")
        }
        try await self([lead], reason, note: note, work)
    }

    /// Gives up leads that are locked and open.
    func callAsFunction(_ leads: [Lead], _ reason: DiscardReason, note: String?, _ work: Work) async throws {
        guard !leads.isEmpty else { return }
        let ids = leads.map(\.id)
        let note = note?.cleaned(atMost: 1_000)
        try await LeadStore(work.tx).discard(ids, reason, note: note)
        try await work.timers.cancel(ResponseTarget.timerKind, keys: ids)
        try await work.timers.cancel(RecycleIdle.timerKind, keys: ids)
        try await KeepFollowUps.stop(ids, work)
        try await work.publish(
            leads.map { lead in
                let event = LeadDiscarded(leadID: lead.id, uid: lead.uid, reason: reason.rawValue, note: note)
                return Draft(event, about: lead.id, uid: lead.uid, cause: work.cause)
            }
        )
        try await EnrolPeople.note(ids, reason.rawValue, work)
        try await place.fromPool(work)
    }
}

extension DiscardReason {
    /// - Throws: a ``Rejection`` when it is none that people may choose.
    init(chosen text: String) throws {
        guard let reason = DiscardReason(rawValue: text), DiscardReason.choosable.contains(reason) else {
            let known = DiscardReason.choosable.map(\.rawValue).joined(separator: ", ")
            throw Rejection.invalid("reason", "unknown-reason", "reason is one of \(known).")
        }
        self = reason
    }
}

/// Gives a lead to an agent by a manager's choice.
struct ReassignLead: Sendable {
    let place: PlaceLeads

    func callAsFunction(_ id: LeadID, to agent: StaffID, _ sight: Sight, _ work: Work) async throws {
        try sight.requireLeading()
        guard let lead = try await LeadStore(work.tx).locked(id), sight.sees(lead.belonging(isSold: false)) else {
            throw Rejection.notFound("lead", id)
        }
        guard lead.status.isOpen else {
            throw Rejection(.conflict, "lead-not-open", "The lead is \(lead.status.rawValue) already.")
        }
        let member = try await StaffStore(work.tx).agent(agent, for: sight)
        guard lead.ownerID != member.id else { return }
        _ = try await place.byHand(lead, to: member, by: work.cause.actor, work)
    }
}

/// For what reason a lead is given up.
struct DiscardAct: ReasonedLeadAct {
    static let path = "discard"
    static let done = "leads.discarded"

    let reason: String
    let note: String?

    func carryOut(on id: LeadID, _ app: LeadsApp, _ sight: Sight, _ work: Work) async throws {
        try await app.discardLead(id, reason: reason, note: note, sight, work)
    }
}
