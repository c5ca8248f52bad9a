import Contracts

/// A member of staff who may be given leads.
struct Agent: Sendable, Equatable {
    var id: StaffID
    var teamID: TeamID?
    var projects: Set<String> = []
    var districts: Set<String> = []
    /// Open leads at most.
    var capacity: Int
    /// Open leads now.
    var load = 0
    var isOnShift = true
    /// What the rotation owes, in 1/``Roster/share`` of a lead.
    var credit: Int64 = 0
    var served: Int64 = 0
    /// The turn at which the agent was last served; 0 for never.
    var lastTurn: Int64 = 0

    var isFree: Bool { isOnShift && load < capacity }

    /// Why a lead cannot go here now.
    var unavailability: String? {
        if !isOnShift { return "off shift" }
        return load < capacity ? nil : "full"
    }
}

/// Everybody who may be given leads, and whose turn it is.
///
/// Deficit round robin: each agent who could have taken a lead earns an equal share of it, and the one who gets it pays
/// for it. So over time everybody's leads are what their presence entitles them to, and the state is a number per agent.
struct Roster: Sendable, Equatable {
    /// One lead, in units that divide evenly among up to sixteen agents.
    static let share: Int64 = 720_720

    let rules: [AssignmentRule]
    private(set) var agents: [StaffID: Agent]
    private(set) var turn: Int64

    init(rules: [AssignmentRule], agents: [Agent]) {
        self.rules = rules
        self.agents = Dictionary(agents.map { ($0.id, $0) }) { first, _ in first }
        turn = agents.map(\.lastTurn).max() ?? 0
    }

    /// Decides who gets a lead and notes that they have it.
    mutating func assign(_ question: AssignmentQuestion) -> Assignment {
        var tried: [String] = []
        for rule in rules {
            switch candidates(of: rule, for: question) {
            case .free(let free):
                let chosen = serve(free)
                return Assignment(
                    ownerID: chosen.id,
                    teamID: chosen.teamID,
                    why: why(rule, question, among: free, chosen: chosen, tried: tried)
                )
            case .nobody(let reason): tried.append("\(rule.name): \(reason)")
            }
        }
        return Assignment(
            pool: Assignment.mainPool,
            why: Why(
                rule: "assign.pool",
                version: rules.map(\.version).max() ?? 1,
                inputs: question.asText,
                tried: tried,
                otherwise: "An agent on shift with room for one more lead would have got it."
            )
        )
    }

    /// A lead of this agent was closed or went to another.
    mutating func release(_ id: StaffID) {
        agents[id]?.load -= 1
    }

    private enum Candidates {
        case free([Agent])
        case nobody(String)
    }

    private func candidates(of rule: AssignmentRule, for question: AssignmentQuestion) -> Candidates {
        guard rule.applies(to: question) else { return .nobody("does not apply") }
        let meant = agents.values.filter { rule.speaks(of: $0, for: question) }
        guard !meant.isEmpty else { return .nobody("nobody matches") }
        let others = meant.filter { !question.excluded.contains($0.id) }
        guard !others.isEmpty else { return .nobody("everybody who matches has had it") }
        let free = others.filter(\.isFree)
        guard free.isEmpty else { return .free(free.sorted { $0.id < $1.id }) }
        let reasons = Set(others.compactMap(\.unavailability)).sorted().joined(separator: ", ")
        return .nobody("\(others.count) matching, \(reasons)")
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
        chosen.lastTurn = turn
        agents[chosen.id] = chosen
        return chosen
    }

    /// Most credit first, then the longest unserved, then by id.
    private static func isServedBefore(_ left: Agent, _ right: Agent) -> Bool {
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
            version: rule.version,
            inputs: inputs,
            tried: tried,
            otherwise: next.map { "Had they not been free, agent \($0.id) would have been next." }
                ?? "Nobody else was free under this rule."
        )
    }
}

extension AssignmentQuestion {
    /// What the rules looked at, as text.
    var asText: [String: String] {
        var text = ["channel": channel, "grade": grade]
        text["projects"] = projects.isEmpty ? nil : projects.joined(separator: ", ")
        text["districts"] = districts.isEmpty ? nil : districts.joined(separator: ", ")
        text["previousOwner"] = previousOwner?.description
        text["excluded"] = excluded.isEmpty ? nil : excluded.sorted().map(\.description).joined(separator: ", ")
        return text
    }
}
