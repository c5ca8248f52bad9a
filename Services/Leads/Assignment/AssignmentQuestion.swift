import Contracts
import Foundation

/// What is asked for whom.
struct AssignmentQuestion: Codable, Sendable, Equatable {
    var facts: LeadFacts
    /// Who had the person's last lead, if there was one.
    var previousOwner: StaffID?
    /// Who has entered the lead by hand: they have met the person.
    var enteredBy: StaffID?
    /// Who must not get it: whose it is now, and who lost it to a pool and still has to wait.
    var excluded: Set<StaffID> = []
    /// Who has had it before: others come first.
    var former: Set<StaffID> = []
    /// Whose it is now, who has room for another when it goes.
    var holder: StaffID?
    /// Only the rules after this one are tried: it was offered under it, and nobody has claimed it.
    var after: String?

    init(
        _ facts: LeadFacts,
        previousOwner: StaffID? = nil,
        enteredBy: StaffID? = nil,
        excluded: Set<StaffID> = [],
        former: Set<StaffID> = [],
        holder: StaffID? = nil,
        after: String? = nil
    ) {
        self.facts = facts
        self.previousOwner = previousOwner
        self.enteredBy = enteredBy
        self.excluded = excluded
        self.former = former
        self.holder = holder
        self.after = after
    }

    /// Decisions of earlier versions know nothing of who had it before, or entered it.
    init(from decoder: any Decoder) throws {
        let known = try decoder.container(keyedBy: CodingKeys.self)
        facts = try known.decode(LeadFacts.self, forKey: .facts)
        previousOwner = try known.decodeIfPresent(StaffID.self, forKey: .previousOwner)
        enteredBy = try known.decodeIfPresent(StaffID.self, forKey: .enteredBy)
        excluded = try known.decode(Set<StaffID>.self, forKey: .excluded)
        former = try known.decodeIfPresent(Set<StaffID>.self, forKey: .former) ?? []
        holder = try known.decodeIfPresent(StaffID.self, forKey: .holder)
        after = try known.decodeIfPresent(String.self, forKey: .after)
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
        text["enteredBy"] = enteredBy?.description
        text["excluded"] = Self.text(excluded)
        text["former"] = Self.text(former)
        return text
    }

    private static func text(_ agents: Set<StaffID>) -> String? {
        agents.isEmpty ? nil : agents.sorted().map(\.description).joined(separator: ", ")
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
