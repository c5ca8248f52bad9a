import Contracts
import Foundation

/// Two who may be one person, for somebody to look at.
struct Review: Sendable, Equatable {
    enum Status: String, Sendable {
        case open
        /// Somebody has looked and wants to look again.
        case later
        case merged
        case different
        /// They have become one by another way.
        case settled
    }

    let id: UUID
    let pair: UIDPair
    var status = Status.open
    let why: Why
    /// What spoke of both.
    let submissionID: UUID?
    let foundAt: Date
    var decidedBy: String?
    var decidedAt: Date?

    init(
        id: UUID = .v7(),
        _ pair: UIDPair,
        status: Status = .open,
        why: Why,
        submissionID: UUID? = nil,
        foundAt: Date,
        decidedBy: String? = nil,
        decidedAt: Date? = nil
    ) {
        self.id = id
        self.pair = pair
        self.status = status
        self.why = why
        self.submissionID = submissionID
        self.foundAt = foundAt
        self.decidedBy = decidedBy
        self.decidedAt = decidedAt
    }

    var isWaiting: Bool { status == .open || status == .later }
}
