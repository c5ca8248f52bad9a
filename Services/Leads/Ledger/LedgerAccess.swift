import Contracts
import Foundation
import Postgres
import Web

/// A submission, as somebody in particular may look at it.
struct SeenSubmission: Sendable {
    let row: LedgerView
    /// Its lead, only where that person sees the lead too: a link leads nowhere otherwise.
    let lead: LeadID?
}

extension Principal {
    /// Whether they read what all channels sent.
    var readsLedger: Bool { isOne(of: LedgerPages.readers) }
}

extension LedgerQueryStore {
    /// A submission: whoever reads the ledger sees all, others those of the leads that they see.
    func find(_ id: UUID, for principal: Principal) async throws -> SeenSubmission? {
        guard let row = try await find(id) else { return nil }
        let submission = try await [row].seen(by: principal, tx)[0]
        return principal.readsLedger || submission.lead != nil ? submission : nil
    }
}

extension [LedgerView] {
    /// The rows, each with its lead where the person sees that.
    func seen(by principal: Principal, _ tx: Transaction) async throws -> [SeenSubmission] {
        let leads = Set(compactMap(\.leadID))
        let seen = try await LeadQueryStore(tx).seen(of: leads.sorted(), principal.leadSight)
        return map { row in SeenSubmission(row: row, lead: row.leadID.flatMap { seen.contains($0) ? $0 : nil }) }
    }
}
