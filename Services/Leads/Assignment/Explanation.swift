import Contracts

/// Every rule that was tried for a lead, in order, and for each why it did or did not decide.
struct Explanation: Sendable, Equatable {
    /// One rule.
    struct Trial: Sendable, Equatable {
        let rule: String
        let verdict: Verdict
        /// Each condition, and what the lead had where it looked.
        let conditions: [Check]
        /// The agents that the rule means, and why each could or could not take the lead.
        let candidates: [Candidate]
    }

    enum Verdict: String, Sendable, CaseIterable {
        /// It was offered under this rule, or an earlier one, before.
        case passed
        case disabled
        /// A condition does not hold.
        case fails
        /// It holds, but nobody could take the lead.
        case nobody
        case decided
        /// A rule before it had decided.
        case notReached = "not-reached"
    }

    struct Check: Sendable, Equatable {
        let condition: RuleCondition
        let known: [String]
        let holds: Bool
    }

    struct Candidate: Sendable, Equatable {
        let agent: Agent
        /// Nil for who could have taken it.
        let reason: String?
        let isChosen: Bool
    }

    let trials: [Trial]
    let assignment: Assignment

    /// Decides the question once more, on a copy of the roster, and notes everything on the way.
    init(of question: AssignmentQuestion, by roster: Roster) {
        var copy = roster
        let decided = copy.assign(question)
        var isDecided = false
        trials = roster.rules.rules.map { rule in
            let outcome = isDecided ? nil : roster.outcome(of: rule, for: question)
            let verdict = outcome.map(Explanation.verdict) ?? .notReached
            if verdict == .decided { isDecided = true }
            return Trial(
                rule: rule.name,
                verdict: verdict,
                conditions: rule.conditions.map { condition in
                    Check(
                        condition: condition,
                        known: question.facts[condition.field],
                        holds: condition.holds(for: question.facts)
                    )
                },
                candidates: verdict == .nobody || verdict == .decided
                    ? Explanation.candidates(roster.meant(by: rule, for: question), for: question, outcome)
                        .map { agent, reason in
                            let isChosen = verdict == .decided && agent.id == decided.ownerID
                            return Candidate(agent: agent, reason: isChosen ? nil : reason, isChosen: isChosen)
                        } : []
            )
        }
        assignment = decided
    }

    /// Whom a rule means, and why they could not have it: who had it before, where somebody is free who has not.
    private static func candidates(
        _ meant: [Agent],
        for question: AssignmentQuestion,
        _ outcome: Roster.Outcome?
    ) -> [(Agent, reason: String?)] {
        var others: [Agent] = []
        if case .free(let free) = outcome { others = free }
        let isAnybodyNew = others.contains { !question.former.contains($0.id) }
        return meant.map { agent in
            let hasHadIt =
                question.excluded.contains(agent.id) || (isAnybodyNew && question.former.contains(agent.id))
            return (agent, hasHadIt ? "has had it" : agent.unavailability)
        }
    }

    private static func verdict(_ outcome: Roster.Outcome) -> Verdict {
        switch outcome {
        case .passed: .passed
        case .disabled: .disabled
        case .fails: .fails
        case .nobody: .nobody
        case .free, .pool: .decided
        }
    }
}
