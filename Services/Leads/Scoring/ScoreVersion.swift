import Contracts
import Foundation

/// What had been learned when it was last brought into the lists: lists and pages go by versions, and each lead by one.
struct ScoreVersion: Sendable, Equatable {
    let number: Int
    let policyVersion: Int
    let madeAt: Date
    /// False while there were too few cases to say anything.
    let speaks: Bool
    /// Leads up to this one go by it, those after it still by the version before; nil: all.
    var through: LeadID?

    /// Before all leads.
    static let beginning = LeadID(UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)))

    var isEverywhere: Bool { through == nil }

    /// Which version a lead goes by.
    func number(for lead: LeadID) -> Int {
        guard let through, lead > through else { return number }
        return number - 1
    }
}

/// What is kept of a lead that is under way.
struct LeadScore: Sendable, Equatable {
    let leadID: LeadID
    let receivedAt: Date
    let facts: ScoreFacts
    var percent: Int
}

/// What is said of a lead, and from what.
struct ExplainedScore: Sendable, Equatable {
    let score: Score
    let version: ScoreVersion
    /// Of so many cases.
    let cases: ScoreModel.Count
}
