import Contracts
import Failures
import Foundation
import Messaging

/// What somebody wants a segment to be.
struct SegmentWish: Codable, Sendable {
    var name: String
    var tests: [SegmentTest]
    /// The version that was looked at; missing for a new one.
    var version: Int?
}

/// Makes a segment, or changes one.
struct SaveSegment: Sendable {
    func callAsFunction(_ id: SegmentID, _ wish: SegmentWish, _ work: Work) async throws -> Segment {
        guard let name = wish.name.cleaned(atMost: 80) else {
            throw Rejection.invalid("name", "missing", "A segment has a name of at most 80 characters.")
        }
        if let objection = SegmentTest.objection(to: wish.tests) { throw objection }
        let store = SegmentStore(work.tx)
        let present = try await store.locked(id)
        guard wish.version == present?.version else {
            throw Rejection(
                .conflict,
                "segment-changed",
                "Somebody has changed the segment meanwhile.",
                field: "version"
            )
        }
        let segment = Segment(
            id: id,
            name: name,
            tests: wish.tests,
            version: (present?.version ?? 0) + 1,
            changedBy: work.cause.actor,
            changedAt: work.now
        )
        guard try await store.save(segment) else {
            throw Rejection(.conflict, "name-taken", "Another segment has that name.", field: "name")
        }
        return segment
    }
}
