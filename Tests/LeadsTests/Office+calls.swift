import Contracts
import Foundation

@testable import Leads

extension Office {
    /// Somebody calls about a lead, twice delivered, and may say what is to follow and when.
    func calls(
        _ lead: Lead,
        by agent: StaffID,
        isReached: Bool,
        at: Date,
        next: String? = nil,
        nextAt: Date? = nil
    ) async throws {
        let call = ContactLogged(
            contactID: .new(),
            uid: lead.uid,
            leadID: lead.id,
            staffID: agent,
            kind: "call",
            isReached: isReached,
            nextAction: next,
            nextAt: nextAt,
            contactedAt: at
        )
        let message = UUID.v7()
        for _ in 0..<2 { try await hear(call, about: call.contactID, uid: lead.uid, id: message) }
    }
}
