import Contracts
import Foundation

/// A version of the rules as programs see it.
struct RuleSetAnswer: Codable, Sendable {
    let version: Int
    let rules: [AssignmentRule]
    let fallback: String
    let changedBy: String
    let changedAt: Date
    let note: String?

    init(_ version: RuleSetStore.Version) {
        self.version = version.version
        rules = version.set.rules
        fallback = version.set.fallback
        changedBy = version.changedBy
        changedAt = version.changedAt
        note = version.note
    }
}

/// A set of rules that a program wants switched on, or tried.
struct RuleSetWish: Codable, Sendable {
    /// The version that it was made from.
    var version: Int?
    var rules: [AssignmentRule]
    var fallback: String?
    var note: String?
    /// For a simulation.
    var days: Int?
    /// The same: whether it matters who was there when a lead came.
    var everybodyIsFree: Bool?

    var set: RuleSet { RuleSet(rules, fallback: fallback ?? Assignment.mainPool) }
}

/// What a simulation has shown, as programs see it.
struct SimulationAnswer: Codable, Sendable {
    struct Count: Codable, Sendable {
        let name: String
        let before: Int
        let after: Int
    }

    struct Moved: Codable, Sendable {
        let leadId: LeadID
        let before: String
        let after: String
    }

    let leads: Int
    let looked: Int
    /// Of which it is not known who was there; all of them where that does not matter.
    let unknown: Int
    let moved: Int
    let rules: [Count]
    let agents: [Count]
    let teams: [Count]
    let pools: [Count]
    let examples: [Moved]

    init(_ result: SimulateRules.Result) {
        func counts(_ pairs: [(String, Simulation.Pair)]) -> [Count] {
            pairs.map { Count(name: $0.0, before: $0.1.before, after: $0.1.after) }.sorted { $0.name < $1.name }
        }
        let simulation = result.simulation
        leads = result.total
        looked = simulation.looked
        unknown = simulation.unknown
        moved = simulation.movedCount
        rules = counts(simulation.rules.map { ($0.key, $0.value) })
        agents = counts(simulation.agents.map { ($0.key.description, $0.value) })
        teams = counts(simulation.teams.map { ($0.key.description, $0.value) })
        pools = counts(simulation.pools.map { ($0.key, $0.value) })
        examples = simulation.moved.map { Moved(leadId: $0.leadID, before: $0.before.rule, after: $0.after.rule) }
    }
}

/// One decision about who gets a lead, and why each rule did or did not decide.
struct ExplanationAnswer: Codable, Sendable {
    struct Trial: Codable, Sendable {
        let rule: String
        let verdict: String
        let conditions: [Check]
        let candidates: [Candidate]
    }

    struct Check: Codable, Sendable {
        let condition: String
        let known: [String]
        let holds: Bool
    }

    struct Candidate: Codable, Sendable {
        let staffId: StaffID
        /// Why they could not take it; absent for who could.
        let reason: String?
        let isChosen: Bool
    }

    let at: Date
    let actor: String
    let outcome: String
    let rule: String
    let version: Int
    /// Absent where a person has decided.
    let trials: [Trial]?

    init(_ decision: RosterSnapshotStore.Decision, _ explanation: Explanation?) {
        at = decision.at
        actor = decision.actor
        outcome = decision.outcome
        rule = decision.why.rule
        version = decision.why.version
        trials = explanation?.trials.map { trial in
            Trial(
                rule: trial.rule,
                verdict: trial.verdict.rawValue,
                conditions: trial.conditions.map {
                    Check(condition: $0.condition.asText, known: $0.known, holds: $0.holds)
                },
                candidates: trial.candidates.map {
                    Candidate(staffId: $0.agent.id, reason: $0.reason, isChosen: $0.isChosen)
                }
            )
        }
    }
}
