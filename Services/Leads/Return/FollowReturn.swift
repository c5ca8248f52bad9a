import Contracts
import Foundation
import Messaging

/// What Sales tells that marketing is measured by: visits, and deals that were won.
struct FollowReturn: Sendable {
    func contacted(_ contact: ContactLogged, _ work: Work) async throws {
        guard contact.kind == "visit", contact.isReached else { return }
        let store = LeadStore(work.tx)
        var lead = try await store.meant(contact.leadID, of: contact.uid)
        if lead == nil { lead = try await store.newest(of: [contact.uid])[contact.uid] }
        guard let lead = lead?.id else { return }
        try await ReturnFactStore(work.tx).visited(lead, at: contact.contactedAt)
    }

    func won(_ deal: DealWon, at time: Date, _ work: Work) async throws {
        let noted = try await LeadStore(work.tx).ofDeal(deal.dealID)
        guard let lead = noted ?? deal.leadID else { return }
        try await ReturnFactStore(work.tx).won(deal.dealID, of: lead, deal.price, at: time)
    }

    /// The deal was lost, or is under way once more.
    func unwon(_ deal: DealID, _ work: Work) async throws { try await ReturnFactStore(work.tx).unwon(deal) }
}
