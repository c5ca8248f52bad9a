import Foundation
import Messaging

/// Counts beside what pages would wait for where there are very many people.
struct KeepCounts: Sendable {
    /// How old the counts of stages may become before they are counted anew.
    private static let lifeAge: TimeInterval = 60
    /// The same of a segment.
    private static let segmentAge: TimeInterval = 300

    let spine: Spine

    /// - Returns: whether there may be more to count at once.
    func callAsFunction() async throws -> Bool {
        try await spine.perform(Cause(actor: "system")) { work in
            let store = KeptCountStore(work.tx)
            guard try await store.takeTurn() else { return false }
            try await store.refreshLife(olderThan: Self.lifeAge, at: work.now)
            return try await store.refreshSegment(olderThan: Self.segmentAge, at: work.now)
        }
    }
}
