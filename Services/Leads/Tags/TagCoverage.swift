import Foundation
import Messaging

/// How many people something is known of beyond how to reach them: a figure that marketing is measured by.
struct TagCoverage: Sendable, Equatable {
    /// Everybody, with tags or without.
    var people: Int
    /// Whoever has a tag that holds.
    var tagged: Int
    var byKey: [String: Int]
    var countedAt: Date
}

extension TagCoverage {
    /// The count, taken now; it follows the tags by minutes, so it is taken anew before it is compared.
    static let projection = Projection(
        "tag-coverage",
        in: [ProjectionTable("tag_coverage", ignoring: ["counted_at"])],
        settle: { work in
            let store = TagCoverageStore(work.tx)
            guard try await store.takeTurn() else { throw Projection.isBeingKept("tag-coverage") }
            try store.save(try await store.count(at: work.now))
        },
        build: { work, _ in
            let store = TagCoverageStore(work.tx)
            try store.save(try await store.count(at: work.now))
        }
    )
}
