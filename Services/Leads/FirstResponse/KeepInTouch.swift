import Contracts
import Foundation
import Messaging

/// Notes that somebody was called, or tried, who has no open lead: they were not left alone either, and what was agreed with
/// them is to follow.
struct KeepInTouch: Sendable {
    let followUps = KeepFollowUps()

    func callAsFunction(_ contact: ContactLogged, _ work: Work) async throws {
        let uid = try await AliasStore(work.tx).survivor(of: contact.uid)
        try LeadStore(work.tx).noteFollowUp(ofClosed: uid, at: contact.contactedAt)
        try await noteAgreed(contact, uid, work)
    }

    /// What was agreed with whom Sales has a deal is what is to follow of the lead that it came from.
    private func noteAgreed(_ contact: ContactLogged, _ uid: UID, _ work: Work) async throws {
        let lead = try await LeadStore(work.tx).newest(of: [uid])[uid]
        guard let lead, lead.status == .converted, try await !DealStore(work.tx).underWay(with: [uid]).isEmpty else {
            return
        }
        let store = FollowUpStore(work.tx)
        let known = try await store.of([lead.id])[lead.id]
        guard known.map({ $0.setAt <= contact.contactedAt }) ?? true else { return }
        guard let due = contact.nextAt else { return try store.clear([lead.id]) }
        let action = contact.nextAction?.cleaned(atMost: 200)
        let agreed = FollowUp.agreed(lead.id, at: due, action, by: contact.staffID, setAt: contact.contactedAt)
        try await followUps.noted(agreed, work)
    }
}
