import Contracts
import Postgres

/// The SQL of leads that were given up and are looked after again.
extension LeadStore {
    /// Why it was given up.
    func discardReason(of lead: LeadID) async throws -> String? {
        try await tx.first("SELECT discard_reason FROM leads WHERE id = \(lead) AND discard_reason IS NOT NULL") {
            try $0["discard_reason"]
        }
    }

    /// It is open again: why it was given up is told by the journal alone.
    func forgetDiscard(of lead: LeadID) throws {
        try tx.later("UPDATE leads SET discard_reason = NULL, discard_note = NULL WHERE id = \(lead)")
    }
}
