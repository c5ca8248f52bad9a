import Contracts
import Foundation

/// A customer as Sales knows them.
struct Customer: Sendable, Equatable, Owned {
    /// How far the customer has come.
    enum Stage: String, Sendable, CaseIterable {
        case enquiry
        case contacted
        case deal
        case won
        case lost
        /// The lead was given up before there was a deal.
        case discarded
    }

    let uid: UID
    let card: PersonCard
    let need: Need?
    let consent: Consent?
    let leadID: LeadID?
    let channel: String?
    /// `A`, `B` or `C`.
    let grade: String?
    let gradeWhy: Why?
    let ownerID: StaffID?
    let teamID: TeamID?
    let ownerWhy: Why?
    let firstResponseDueAt: Date?
    let stage: Stage
    let touches: Int
    let lastContactAt: Date?
    let lastContactKind: String?
    let nextAction: String?
    let nextAt: Date?
    let isWithService: Bool
    let firstSeenAt: Date
    let activeAt: Date
    /// What marketing knew of them when their lead was handed over.
    var tags: [PersonTag] = []

    /// The first project that they asked for.
    var project: String? { need?.projects?.first }

    /// When something must be done: the agreed next action, or the first answer as long as nobody has spoken with them;
    /// nothing for who is lost.
    var dueAt: Date? {
        if stage == .lost || stage == .discarded { return nil }
        return nextAt ?? (lastContactAt == nil && stage == .enquiry ? firstResponseDueAt : nil)
    }
}
