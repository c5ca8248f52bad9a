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
        try await work.publish(SegmentChanged(segment), about: id)
        return segment
    }
}

/// Removes a segment that nothing takes people from any more.
struct RemoveSegment: Sendable {
    /// - Throws: a ``Rejection`` that names the sequences which would end without a word.
    func callAsFunction(_ id: SegmentID, _ work: Work) async throws {
        let store = SegmentStore(work.tx)
        guard let segment = try await store.locked(id) else { throw Rejection.notFound("segment", id) }
        let users = try await NurtureStore(work.tx).sequences().filter { $0.plan.segmentID == id }.map(\.plan.name)
        guard users.isEmpty else {
            throw Rejection(
                .conflict,
                "segment-used",
                "Sequences take their people from this segment: \(users.joined(separator: ", ")). Change those first."
            )
        }
        try await store.remove(id)
        try await work.publish(SegmentChanged(segment, isRemoved: true), about: id)
    }
}

extension SegmentChanged {
    init(_ segment: Segment, isRemoved: Bool = false) {
        self.init(
            segmentID: segment.id.description,
            name: segment.name,
            version: segment.version,
            tests: segment.tests.map { Test(field: $0.field, values: $0.values, isNot: $0.isNot) },
            isRemoved: isRemoved
        )
    }
}
