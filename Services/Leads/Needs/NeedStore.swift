import Contracts
import Foundation
import Messaging
import Postgres

/// The SQL of what people want, as staff say it.
struct NeedStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    /// What is known of a lead that the caller has locked.
    func need(of lead: LeadID) async throws -> Need? {
        try await tx.first("SELECT need FROM leads WHERE id = \(lead) AND need IS NOT NULL") {
            try ($0["need"] as JSONText).decode()
        }
    }

    /// The project and district that a lead is about are the first of those that are wanted.
    func save(_ need: Need, of lead: LeadID, by staff: StaffID, at now: Date) throws {
        try tx.later(
            """
            UPDATE leads
               SET need = \(try JSONText(wire: need)), project = \(need.projects?.first),
                   district = \(need.districts?.first), need_set_by = \(staff), need_set_at = \(now)
             WHERE id = \(lead)
            """
        )
    }
}
