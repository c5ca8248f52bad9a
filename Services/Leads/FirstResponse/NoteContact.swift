import Contracts
import Foundation
import Messaging
import Policies

/// Stops the first-response clock when somebody has spoken with the person; an attempt that failed is only counted.
struct NoteContact: Sendable {
    let place: PlaceLeads
    let followUps = KeepFollowUps()

    func callAsFunction(_ contact: ContactLogged, _ work: Work) async throws {
        guard var lead = try await lead(of: contact, work), lead.status.isOpen else { return }
        let store = LeadStore(work.tx)
        try await followUp(lead, contact, work)
        guard contact.isReached else {
            lead.attempts += 1
            return try await store.save([lead])
        }
        guard lead.status == .open else { return }
        let dueAt = lead.responseDueAt
        let isWithinTarget = lead.step == .waiting && contact.contactedAt <= dueAt
        lead.status = .contacted
        lead.step = .stopped
        lead.contactedAt = contact.contactedAt
        try await store.save([lead])
        try await store.noteContact(lead.id, by: contact.staffID)
        try await work.timers.cancel(ResponseTarget.timerKind, key: lead.id)
        let event = LeadContacted(
            leadID: lead.id,
            uid: lead.uid,
            staffID: contact.staffID,
            contactedAt: contact.contactedAt,
            responseSeconds: max(0, Int(contact.contactedAt.timeIntervalSince(lead.receivedAt).rounded())),
            isWithinTarget: isWithinTarget
        )
        try await work.publish(event, about: lead.id, uid: lead.uid)
        if lead.ownerID == nil { try await findOwner(lead, contact.staffID, work) }
        let (grade, seconds) = (lead.grade, Double(event.responseSeconds))
        work.afterCommit { LeadMetrics.answered(grade, after: seconds) }
    }

    /// Who sells and speaks with somebody from a pool has taken the lead; after anybody else whom the rules find goes on.
    private func findOwner(_ lead: Lead, _ staff: StaffID, _ work: Work) async throws {
        if let agent = try await StaffStore(work.tx).find(staff), agent.isActive, agent.role == "agent" {
            try await place.taken(lead, by: agent, rule: "assign.contact", work)
        } else {
            try await place.place([lead], .init(restartsClock: false), work)
        }
    }

    /// Whoever calls, or tries to, has not forgotten the person: the count of idle days begins anew, and what is to follow.
    private func followUp(_ lead: Lead, _ contact: ContactLogged, _ work: Work) async throws {
        try await LeadStore(work.tx).noteFollowUp(lead.id, at: contact.contactedAt)
        let policy = try await PolicyStore(work.tx).current(RecyclePolicy.self).value
        try await RecycleIdle.begin([lead.id], policy: policy, from: contact.contactedAt, cause: work.cause, work)
        try await followUps.contacted(lead, contact, work)
    }

    private func lead(of contact: ContactLogged, _ work: Work) async throws -> Lead? {
        try await LeadStore(work.tx).meant(contact.leadID, of: contact.uid)
    }
}
