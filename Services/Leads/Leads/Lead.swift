import Contracts
import Foundation

/// One person's wish that somebody looks after, from the first enquiry to a deal or the bin.
struct Lead: Sendable, Equatable {
    enum Status: String, Sendable, CaseIterable {
        /// Nobody has spoken with the person yet.
        case open
        case contacted
        /// It became a deal.
        case converted
        case discarded
        /// Two leads of a person who turned out to be one: this one waits behind the other.
        case merged

        /// Another enquiry of the person belongs to this lead.
        var isOpen: Bool { self == .open || self == .contacted }
    }

    let id: LeadID
    let uid: UID
    var status = Status.open
    var grade: Grade
    var channel: String
    /// The first project and district that were asked for.
    var project: String?
    var district: String?
    var ownerID: StaffID?
    var teamID: TeamID?
    var pool: String?
    /// Everybody who has had it, the present owner last.
    var owners: [StaffID] = []
    var touches = 1
    var attempts = 0
    var step = ResponseStep.waiting
    var responseDueAt: Date
    var contactedAt: Date?
    var receivedAt: Date

    /// Puts the lead where it was decided.
    mutating func place(_ assignment: Assignment) {
        ownerID = assignment.ownerID
        teamID = assignment.teamID
        pool = assignment.pool
        if let owner = assignment.ownerID { owners = owners.filter { $0 != owner } + [owner] }
    }
}

/// How far the ladder of an unanswered lead has been climbed.
enum ResponseStep: String, Sendable {
    case waiting
    case reminded
    case reassigned
    case escalated
    /// Somebody has spoken with the person, or the lead is closed.
    case stopped
}

/// Why a lead is given up.
enum DiscardReason: String, Sendable, CaseIterable {
    case notReachable = "not-reachable"
    /// They may buy later.
    case notNow = "not-now"
    case noNeed = "no-need"
    case budget
    case competitor
    case spam
    case other
    /// It came with a file that was taken back.
    case importUndone = "import-undone"

    /// What people choose from.
    static var choosable: [DiscardReason] { allCases.filter { $0 != .importUndone } }
}
