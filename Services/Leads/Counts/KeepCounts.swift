import Foundation
import Messaging

/// Counts beside what pages would wait for where there are very many people.
struct KeepCounts: Sendable {
    /// How old the counts of stages may become before they are counted anew.
    private static let lifeAge: TimeInterval = 60
    /// The same of what referrals come to.
    private static let referralAge: TimeInterval = 60
    /// The same of a segment.
    private static let segmentAge: TimeInterval = 300

    let spine: Spine

    /// - Returns: whether there may be more to count at once.
    func callAsFunction() async throws -> Bool {
        try await spine.perform(Cause(actor: "system")) { work in
            let store = KeptCountStore(work.tx)
            guard try await store.takeTurn() else { return false }
            try await store.refreshLife(olderThan: Self.lifeAge, at: work.now)
            try await store.refreshReferrals(olderThan: Self.referralAge, at: work.now)
            return try await store.refreshSegment(olderThan: Self.segmentAge, at: work.now)
        }
    }

    /// The counts, taken now; they follow what is counted by minutes, so they are counted anew before they are compared.
    static let projection = Projection(
        "counts",
        in: [ProjectionTable("kept_counts", ignoring: ["counted_at"]), ProjectionTable("referral_sums")],
        settle: { work in
            guard try await KeptCountStore(work.tx).takeTurn() else { throw Projection.isBeingKept("counts") }
            try await KeptCountStore(work.tx).countAll(at: work.now)
        },
        build: { work, _ in try await KeptCountStore(work.tx).countAll(at: work.now) }
    )
}
