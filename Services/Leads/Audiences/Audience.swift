import Contracts
import Failures
import Foundation
import Policies

enum AudienceKind {}
typealias AudienceID = Identifier<AudienceKind>

/// Everybody who belonged to a segment at one moment, and what they are sent.
struct Audience: Sendable, Equatable {
    enum State: String, Sendable, CaseIterable {
        case sending
        case paused
        case sent
    }

    let id: AudienceID
    let segmentID: SegmentID
    /// The segment as it was.
    let segment: String
    let segmentVersion: Int
    let tests: [SegmentTest]
    let template: String
    var state = State.sending
    /// Handed to Notify so far.
    var pieces = 0
    var people = 0
    /// The last who was.
    var after: UID?
    let requestedBy: String
    let requestedAt: Date
    var endedAt: Date?

    static let timerKind = "leads.audience"
    /// People in one event at most.
    static let pieceAtMost = 500

    /// As it is once these are handed over too; fewer than a piece are the last.
    func handed(_ uids: [UID], piece: Int, now: Date) -> Audience {
        var next = self
        if !uids.isEmpty { next.pieces += 1 }
        next.people += uids.count
        next.after = uids.last ?? after
        if uids.count < piece { (next.state, next.endedAt) = (.sent, now) }
        return next
    }

    var why: Why {
        Why(
            rule: "audience.segment",
            version: segmentVersion,
            inputs: ["segment": segment, "template": template, "by": requestedBy],
            otherwise: "Whoever did not belong to the segment at that moment, or allows no messages, is not written to."
        )
    }
}

/// How fast messages to many are handed over.
struct AudiencePolicy: Policy {
    static let name = "audience.pace"
    static let standard = AudiencePolicy()

    /// People in one piece.
    var pieceSize = 500
    /// Seconds between two pieces, so that what others are to be told is not kept waiting.
    var pauseSeconds = 5

    static let fields: [PolicyField<AudiencePolicy>] = [
        PolicyField(\.pieceSize, "pieceSize", .count, 1...500),
        PolicyField(\.pauseSeconds, "pauseSeconds", .seconds, 1...3_600),
    ]
}
