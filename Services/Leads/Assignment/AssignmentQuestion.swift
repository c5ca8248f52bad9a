import Contracts
import Foundation

/// What is asked for whom.
struct AssignmentQuestion: Codable, Sendable, Equatable {
    var facts: LeadFacts
    /// Who had the person's last lead, if there was one.
    var previousOwner: StaffID?
    /// Who must not get it: those who had it and did not answer.
    var excluded: Set<StaffID> = []
    /// Whose it is now, who has room for another when it goes.
    var holder: StaffID?
    /// Only the rules after this one are tried: it was offered under it, and nobody has claimed it.
    var after: String?

    init(
        _ facts: LeadFacts,
        previousOwner: StaffID? = nil,
        excluded: Set<StaffID> = [],
        holder: StaffID? = nil,
        after: String? = nil
    ) {
        self.facts = facts
        self.previousOwner = previousOwner
        self.excluded = excluded
        self.holder = holder
        self.after = after
    }

    /// What the rules looked at, as text.
    var asText: [String: String] {
        var text: [String: String] = [:]
        for (key, field) in [
            ("channel", RuleField.channel), ("grade", .grade), ("projects", .project), ("districts", .district),
        ] where !facts[field].isEmpty {
            text[key] = facts[field].joined(separator: ", ")
        }
        text["previousOwner"] = previousOwner?.description
        text["excluded"] = excluded.isEmpty ? nil : excluded.sorted().map(\.description).joined(separator: ", ")
        return text
    }
}

/// Who has a lead now, or which pool it waits in, and why.
struct Assignment: Sendable, Equatable {
    static let mainPool = "main"

    var ownerID: StaffID?
    var teamID: TeamID?
    var pool: String?
    /// How long the pool's members may claim it before the next rules are tried.
    var offer: Offer?
    var why: Why
    /// What it was decided from; nil where a person has decided.
    var basis: Basis?

    struct Offer: Sendable, Equatable {
        let rule: String
        let seconds: Int
    }

    /// Enough to decide once more.
    struct Basis: Sendable, Equatable {
        let rosterID: UUID
        /// Its place among the decisions of that roster.
        let ordinal: Int
        let question: AssignmentQuestion
    }
}
