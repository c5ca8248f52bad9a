import Contracts
import Foundation

enum SegmentKind {}
typealias SegmentID = Identifier<SegmentKind>

/// A saved question over people.
struct Segment: Sendable, Equatable {
    let id: SegmentID
    var name: String
    var tests: [SegmentTest]
    var version = 1
    var changedBy: String
    var changedAt: Date
}

/// Somebody who belongs to a segment.
struct SegmentMember: Sendable {
    let uid: UID
    let name: String?
    /// Their newest lead.
    let leadID: LeadID?
    let grade: String?
    let lastTouchAt: Date?
}
