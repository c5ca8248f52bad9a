import Contracts
import Failures
import Foundation
import Messaging
import Web

/// A list of leads that somebody takes out as a file.
struct Export: Sendable, Equatable {
    let id: ExportID
    let staffID: StaffID
    /// What the list is narrowed to; of a search only that there is one.
    let filter: [String: String]
    let isUnmasked: Bool
    let reason: String?
    let beganAt: Date
    var endedAt: Date?
    var rows: Int?
}

/// Writes down who takes which leads with them, before the first one leaves and after the last.
struct ExportLeads: Sendable {
    /// Who takes lists with them; each only of what they see.
    static let roles: [Role] = [.manager, .head, .marketing]

    /// `reason` is given by whoever wants numbers in full.
    /// - Throws: a ``Rejection`` when the role may not have them.
    func begin(_ filter: [String: String], reason: String?, by who: Principal, _ work: Work) async throws -> Export {
        if let reason {
            guard who.leadSight.mayUnmask else {
                throw Rejection(.forbidden, "role-not-allowed", "Your role does not have numbers shown in full.")
            }
            guard reason.count >= 3 else {
                throw Rejection.invalid("reason", "reason-missing", "Say what the numbers are for.")
            }
        }
        let export = Export(
            id: .new(),
            staffID: StaffID(who.staffID),
            filter: filter,
            isUnmasked: reason != nil,
            reason: reason?.cleaned(atMost: 500),
            beganAt: work.now
        )
        try await ExportStore(work.tx).insert(export)
        return export
    }

    /// Tells how many rows have left, also when they were not all.
    func end(_ export: Export, rows: Int, _ work: Work) async throws {
        guard try await ExportStore(work.tx).end(export.id, rows: rows, at: work.now) else { return }
        let event = LeadsExported(
            exportID: export.id,
            staffID: export.staffID,
            filter: export.filter,
            rows: rows,
            isUnmasked: export.isUnmasked,
            reason: export.reason
        )
        try await work.publish(event, about: export.id)
    }
}
