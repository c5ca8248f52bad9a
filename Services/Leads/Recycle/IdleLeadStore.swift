import Contracts
import Foundation
import Postgres

/// The SQL of how long leads have been left alone.
extension LeadStore {
    /// When somebody has last called about each, or was given it.
    func idleSince(_ leads: [LeadID]) async throws -> [LeadID: Date] {
        let found = try await tx.all(
            """
            SELECT id, greatest(assigned_at, followed_up_at) AS since
              FROM leads WHERE id = ANY(\(leads.map(\.uuid))::uuid[])
            """
        ) { (try $0["id"] as LeadID, try $0["since"] as Date) }
        return Dictionary(found) { first, _ in first }
    }

    /// Somebody has called about a lead, or tried to.
    func noteFollowUp(_ lead: LeadID, at moment: Date) async throws {
        try tx.later(
            "UPDATE leads SET followed_up_at = greatest(followed_up_at, \(moment)) WHERE id = \(lead)"
        )
    }
}
