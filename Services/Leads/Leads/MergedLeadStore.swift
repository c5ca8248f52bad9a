import Contracts
import Messaging
import Postgres

/// The SQL that finds the lead that is meant by who still knows an older one, or an older UID.
extension LeadStore {
    /// The lead that a message names, or the open one of the person, locked.
    ///
    /// One that waits behind another means that one.
    func meant(_ id: LeadID?, of uid: UID) async throws -> Lead? {
        guard let id else { return try await open(of: try await AliasStore(tx).survivor(of: uid)) }
        guard let lead = try await locked(id) else { return nil }
        guard lead.status == .merged else { return lead }
        return try await open(of: lead.uid) ?? lead
    }

    /// The UID that a lead was told of.
    func side(of id: LeadID) async throws -> UID? {
        try await tx.first("SELECT coalesce(origin, uid) AS side FROM leads WHERE id = \(id)") { try $0["side"] }
    }
}
