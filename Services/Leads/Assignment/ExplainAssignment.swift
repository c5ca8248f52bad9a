import Contracts
import Foundation
import Postgres

/// Decides a lead once more, as it was decided then: from what was stored, by the rules of that version.
struct ExplainAssignment: Sendable {
    /// - Returns: every rule that was tried and what became of it; nil where a person has decided, or a version of Lintel
    ///   that did not keep what it decided from.
    func callAsFunction(_ decision: RosterSnapshotStore.Decision, _ tx: Transaction) async throws -> Explanation? {
        guard let basis = decision.basis else { return nil }
        let store = RosterSnapshotStore(tx)
        guard let (roster, leads) = try await store.find(basis.rosterID) else { return nil }
        var standing = roster
        // What was decided before it from the same roster has changed whose turn it was.
        for earlier in try await store.decisions(from: basis.rosterID, about: leads) {
            guard let its = earlier.basis, its.ordinal < basis.ordinal else { continue }
            _ = standing.assign(its.question)
        }
        return Explanation(of: basis.question, by: standing)
    }
}
