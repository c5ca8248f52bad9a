import Contracts
import Foundation

/// A lead that came because somebody was recommended to us, and what became of the reward.
struct Referral: Sendable, Equatable {
    enum State: String, Sendable, CaseIterable {
        /// The lead is there; nothing is won yet.
        case pending
        /// The deal is signed: the reward is owed.
        case earned
        case paid
        /// It was owed or paid, and is not any more.
        case reversed
        /// It counts for nothing.
        case blocked
        /// Nothing was won in time.
        case expired

        /// A deal stands behind it.
        var isWon: Bool { self == .earned || self == .paid }
    }

    /// Why it counts for nothing from the start.
    enum Objection: String, Sendable {
        case unknownCode = "unknown-code"
        /// Was in touch with us before.
        case knownAlready = "known-already"
        case tooLate = "too-late"
    }

    let id: ReferralID
    let leadID: LeadID
    let code: String
    /// As it was told; nil where nobody has the code.
    let referrer: UID?
    let referred: UID
    var state: State
    let objection: Objection?
    var why: Why
    let rewards: [Reward]
    let policyVersion: Int
    let arrivedAt: Date
    let expiresAt: Date
    var dealID: DealID?
    /// When it was owed for the first time.
    var earnedAt: Date?
    var paidAt: Date?
    var paidBy: String?
    var reference: String?
}
