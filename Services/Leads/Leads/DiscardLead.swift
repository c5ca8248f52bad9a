import Contracts
import Failures
import Messaging
import Web

/// Gives a lead up, for a reason; it stays searchable.
struct DiscardLead: Sendable {
    let place: PlaceLeads

    func callAsFunction(_ id: LeadID, reason: String, note: String?, _ sight: Sight, _ work: Work) async throws {
        try sight.requireActing()
        guard let reason = DiscardReason(rawValue: reason) else {
            let known = DiscardReason.allCases.map(\.rawValue).joined(separator: ", ")
            throw Rejection.invalid("reason", "unknown-reason", "reason is one of \(known).")
        }
        let store = LeadStore(work.tx)
        guard let lead = try await store.locked(id), sight.sees(lead.belonging(isSold: false)) else {
            throw Rejection.notFound("lead", id)
        }
        guard lead.status.isOpen else {
            throw Rejection(.conflict, "lead-not-open", "The lead is \(lead.status.rawValue) already.")
        }
        try await store.discard(id, reason, note: note?.cleaned(atMost: 1_000))
        try await work.timers.cancel(ResponseTarget.timerKind, key: id)
        try await work.timers.cancel(RecycleIdle.timerKind, key: id)
        let event = LeadDiscarded(
            leadID: id,
            uid: lead.uid,
            reason: reason.rawValue,
            note: note?.cleaned(atMost: 1_000)
        )
        try await work.publish(event, about: id, uid: lead.uid)
        try await place.fromPool(work)
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
        guard let member = try await StaffStore(work.tx).find(agent), member.isActive, member.role == "agent" else {
            throw Rejection.invalid("agent", "no-such-agent", "There is no such agent.")
        }
        guard lead.ownerID != member.id else { return }
        _ = try await place.byHand(lead, to: member, by: work.cause.actor, work)
    }
}
