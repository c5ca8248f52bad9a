import Contracts
import Messaging

/// Notes that somebody was called, or tried, who has no open lead: they were not left alone either.
struct KeepInTouch: Sendable {
    func callAsFunction(_ contact: ContactLogged, _ work: Work) async throws {
        let uid = try await AliasStore(work.tx).survivor(of: contact.uid)
        try LeadStore(work.tx).noteFollowUp(ofClosed: uid, at: contact.contactedAt)
    }
}
