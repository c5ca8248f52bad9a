import Foundation
import Messaging

/// Brings the sums of marketing up to date with the ledger and the leads.
struct FoldReturn: Sendable {
    /// Submissions of a channel, and changed leads, that are counted in one transaction.
    static let batch = 2_000

    let spine: Spine
    let zone: TimeZone

    /// Counts what is new, one batch.
    /// - Returns: whether there may be more.
    func callAsFunction() async throws -> Bool {
        try await spine.perform(Cause(actor: "system")) { work in
            guard try await ReturnFoldStore(work.tx).lock() else { return false }
            return try await fold(work)
        }
    }

    /// Counts one batch, for whoever has the turn.
    private func fold(_ work: Work) async throws -> Bool {
        let store = ReturnFoldStore(work.tx)
        let arrived = try await store.takeSubmissions(atMost: FoldReturn.batch, zone: zone)
        let changed = try await store.takeChanges(atMost: FoldReturn.batch)
        try await store.count(Array(Set(arrived + changed)), zone: zone)
        return arrived.count >= FoldReturn.batch || changed.count >= FoldReturn.batch
    }

    /// Counts until nothing is left.
    func all() async throws {
        while try await self() {}
    }

    /// The sums, counted once more from the ledger and the leads.
    var projection: Projection {
        Projection(
            "return",
            in: ["return_leads", "return_days", "return_outcomes", "return_cursors"].map { ProjectionTable($0) },
            scratch: ["return_changes"],
            settle: { work in
                let store = ReturnFoldStore(work.tx)
                guard try await store.lock() else { throw Projection.isBeingKept("return") }
                while try await fold(work) {}
                try await store.dropEmptyDays()
            },
            build: { work, _ in
                try await ReturnFoldStore(work.tx).noteAll()
                while try await fold(work) {}
            }
        )
    }
}
