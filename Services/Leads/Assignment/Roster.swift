import Contracts
import Foundation

/// Everybody who may be given leads, the rules, and whose turn it is.
///
/// Deficit round robin: each agent who could have taken a lead earns an equal share of it, and the one who gets it pays
/// for it. So over time everybody's leads are what their presence entitles them to, and the state is a number per agent.
struct Roster: Sendable, Equatable {
    /// One lead, in units that divide evenly among up to sixteen agents.
    static let share: Int64 = 720_720

    /// Names this state in the decisions that are made from it.
    let id: UUID
    let rules: RuleSet
    /// Of the rules.
    let version: Int
    /// The day of the office's calendar that quotas are counted for.
    let day: Int
    private(set) var agents: [StaffID: Agent]
    private(set) var turn: Int64
    /// How many leads were decided so far.
    private(set) var asked = 0

    init(
        rules: RuleSet,
        version: Int = 1,
        agents: [Agent],
        day: Int = 0,
        turn: Int64? = nil,
        id: UUID = UUID.v7()
    ) {
        self.id = id
        self.rules = rules
        self.version = version
        self.day = day
        self.agents = Dictionary(agents.map { ($0.id, $0) }) { first, _ in first }
        self.turn = turn ?? agents.map(\.lastTurn).max() ?? 0
    }

    /// Decides who gets a lead and notes that they have it.
    mutating func assign(_ question: AssignmentQuestion) -> Assignment {
        let basis = Assignment.Basis(rosterID: id, ordinal: asked, question: question)
        asked += 1
        var assignment = decide(question)
        assignment.basis = basis
        if let holder = question.holder, assignment.ownerID != nil { agents[holder]?.load -= 1 }
        return assignment
    }

    private mutating func decide(_ question: AssignmentQuestion) -> Assignment {
        var tried: [String] = []
        for rule in rules.rules {
            switch outcome(of: rule, for: question) {
            case .passed: continue
            case .disabled: continue
            case .fails(let condition): tried.append("\(rule.name): \(condition.asText) does not hold")
            case .nobody(let reason): tried.append("\(rule.name): \(reason)")
            case .free(let free):
                let chosen = serve(free)
                return Assignment(
                    ownerID: chosen.id,
                    teamID: chosen.teamID,
                    why: why(rule, question, among: free, chosen: chosen, tried: tried)
                )
            case .pool(let pool, let offer):
                return Assignment(pool: pool, offer: offer, why: why(rule, question, tried: tried))
            }
        }
        return Assignment(
            pool: rules.fallback,
            why: Why(
                rule: RuleSet.fallbackName,
                version: version,
                inputs: question.asText,
                tried: tried,
                otherwise: "An agent on shift with room for one more lead would have got it."
            )
        )
    }

    /// Goes on with people as they are at another time: who is there and has room; whose turn it is stays as it was.
    mutating func goOn(with others: [Agent]) {
        let known = agents
        agents = Dictionary(
            others.map { other in
                var agent = other
                agent.credit = known[other.id]?.credit ?? 0
                agent.served = known[other.id]?.served ?? 0
                agent.lastTurn = known[other.id]?.lastTurn ?? 0
                return (agent.id, agent)
            }
        ) { first, _ in first }
    }

    /// A lead of this agent was closed or went to another.
    mutating func release(_ id: StaffID) {
        agents[id]?.load -= 1
    }

    /// What becomes of a rule that is tried.
    enum Outcome {
        /// Before the rule after which the search goes on.
        case passed
        case disabled
        case fails(RuleCondition)
        case nobody(String)
        case free([Agent])
        case pool(String, Assignment.Offer?)
    }

    func outcome(of rule: AssignmentRule, for question: AssignmentQuestion) -> Outcome {
        if isPassed(rule, question) { return .passed }
        guard rule.isEnabled else { return .disabled }
        if let condition = rule.failing(for: question.facts) { return .fails(condition) }
        if rule.target.kind == .pool { return .pool(rule.target.pool ?? rules.fallback, nil) }
        if rule.target.kind == .firstToClaim {
            let offer = Assignment.Offer(rule: rule.name, seconds: rule.target.seconds ?? 60)
            return .pool(rule.target.pool ?? rules.fallback, offer)
        }
        let meant = meant(by: rule, for: question)
        guard !meant.isEmpty else { return .nobody("nobody matches") }
        let others = meant.filter { !question.excluded.contains($0.id) }
        guard !others.isEmpty else { return .nobody("everybody who matches has had it") }
        let free = others.filter(\.isFree)
        let unused = free.filter { !question.former.contains($0.id) }
        if !unused.isEmpty { return .free(unused) }
        if !free.isEmpty { return .free(free) }
        let reasons = Set(others.compactMap(\.unavailability)).sorted().joined(separator: ", ")
        return .nobody("\(others.count) matching, \(reasons)")
    }

    /// The agents that a rule speaks of, available or not, in the order of their ids.
    func meant(by rule: AssignmentRule, for question: AssignmentQuestion) -> [Agent] {
        agents.values.filter { rule.target.means($0, for: question) }.sorted { $0.id < $1.id }
    }

    private func isPassed(_ rule: AssignmentRule, _ question: AssignmentQuestion) -> Bool {
        guard let after = question.after else { return false }
        // A rule that is gone meanwhile does not send the search round in a circle.
        guard let place = rules.rules.firstIndex(where: { $0.name == after }) else {
            return rule.target.kind == .firstToClaim
        }
        return rules.rules.prefix(through: place).contains { $0.name == rule.name }
    }

    /// Lets the free agents earn, picks whom is owed most, and lets them pay.
    private mutating func serve(_ free: [Agent]) -> Agent {
        let earned = Roster.share / Int64(free.count)
        for agent in free { agents[agent.id]?.credit += earned }
        let standing = free.compactMap { agents[$0.id] }
        guard var chosen = standing.min(by: Roster.isServedBefore) else {
            preconditionFailure("somebody is free")
        }
        turn += 1
        chosen.credit -= earned * Int64(free.count)
        chosen.served += 1
        chosen.load += 1
        chosen.taken += 1
        chosen.lastTurn = turn
        agents[chosen.id] = chosen
        return chosen
    }

    /// Most credit first, then the longest unserved, then by id.
    static func isServedBefore(_ left: Agent, _ right: Agent) -> Bool {
        if left.credit != right.credit { return left.credit > right.credit }
        if left.lastTurn != right.lastTurn { return left.lastTurn < right.lastTurn }
        return left.id < right.id
    }

    private func why(
        _ rule: AssignmentRule,
        _ question: AssignmentQuestion,
        among free: [Agent],
        chosen: Agent,
        tried: [String]
    ) -> Why {
        var inputs = question.asText
        inputs["free"] = "\(free.count)"
        inputs["load"] = "\(chosen.load - 1) of \(chosen.capacity)"
        inputs["turn"] = "\(chosen.lastTurn)"
        inputs["team"] = chosen.teamID?.description
        let next = free.filter { $0.id != chosen.id }.min(by: Roster.isServedBefore)
        return Why(
            rule: rule.name,
            version: version,
            inputs: inputs,
            tried: tried,
            otherwise: next.map { "Had they not been free, agent \($0.id) would have been next." }
                ?? "Nobody else was free under this rule."
        )
    }

    private func why(_ rule: AssignmentRule, _ question: AssignmentQuestion, tried: [String]) -> Why {
        Why(
            rule: rule.name,
            version: version,
            inputs: question.asText,
            tried: tried,
            otherwise: rule.target.kind == .pool
                ? "Without this rule the next ones would have been tried."
                : "Whoever claims it first has it; when nobody does in time, the next rules are tried."
        )
    }
}
