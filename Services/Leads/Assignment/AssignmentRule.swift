import Contracts
import Failures

/// One line of the rules that decide who gets a lead: where all its conditions hold, its target is tried.
struct AssignmentRule: Codable, Sendable, Equatable {
    var name: String
    /// All of them must hold; none means always.
    var conditions: [RuleCondition]
    var target: RuleTarget
    var isEnabled: Bool

    init(_ name: String, _ target: RuleTarget, when conditions: [RuleCondition] = [], isEnabled: Bool = true) {
        self.name = name
        self.conditions = conditions
        self.target = target
        self.isEnabled = isEnabled
    }

    init(_ name: String, _ kind: RuleTarget.Kind, when conditions: [RuleCondition] = []) {
        self.init(name, RuleTarget(kind), when: conditions)
    }

    /// The first condition that does not hold.
    func failing(for facts: LeadFacts) -> RuleCondition? { conditions.first { !$0.holds(for: facts) } }
}

/// Who gets the leads of a rule.
struct RuleTarget: Codable, Sendable, Equatable {
    /// In the glossary as `rule-target.<kind>`.
    enum Kind: String, Codable, Sendable, CaseIterable {
        /// Whoever had the person's last lead; of somebody new, whoever has entered them.
        case previousOwner = "previous-owner"
        /// Who sells a project that was asked for.
        case project
        /// Who knows a district that was asked for.
        case district
        /// Everybody, or everybody of a team.
        case any
        /// One agent.
        case person
        /// Nobody: it waits in a pool for somebody who claims it.
        case pool
        /// Whoever of a pool's members claims it first; when nobody has in time, the next rules are tried.
        case firstToClaim = "first-to-claim"
    }

    var kind: Kind
    /// Gives to this team only.
    var teamID: TeamID?
    /// For ``Kind/person``.
    var staffID: StaffID?
    /// For ``Kind/pool`` and ``Kind/firstToClaim``.
    var pool: String?
    /// How long it is offered, for ``Kind/firstToClaim``.
    var seconds: Int?

    init(_ kind: Kind, teamID: TeamID? = nil, staffID: StaffID? = nil, pool: String? = nil, seconds: Int? = nil) {
        self.kind = kind
        self.teamID = teamID
        self.staffID = staffID
        self.pool = pool
        self.seconds = seconds
    }

    /// Whether this agent is meant at all, available or not.
    func means(_ agent: Agent, for question: AssignmentQuestion) -> Bool {
        guard teamID == nil || agent.teamID == teamID else { return false }
        switch kind {
        case .previousOwner: return agent.id == question.previousOwner ?? question.enteredBy
        case .project: return question.facts[.project].contains { agent.projects.contains($0) }
        case .district: return question.facts[.district].contains { agent.districts.contains($0) }
        case .any: return true
        case .person: return agent.id == staffID
        case .pool, .firstToClaim: return false
        }
    }
}

/// All rules of assignment as they were switched on together: the first that matches and has somebody decides.
struct RuleSet: Codable, Sendable, Equatable {
    /// The longest set; more would not be understood by anybody.
    static let limit = 100

    var rules: [AssignmentRule]
    /// The pool that a lead waits in when no rule has found anybody: the default, which cannot be removed.
    var fallback: String

    init(_ rules: [AssignmentRule], fallback: String = Assignment.mainPool) {
        self.rules = rules
        self.fallback = fallback
    }

    /// Whether a rule that is switched on looks at it.
    func asks(for field: RuleField) -> Bool {
        rules.contains { rule in rule.isEnabled && rule.conditions.contains { $0.field == field } }
    }

    /// What is looked up, or kept of an enquiry, only where a rule that is switched on asks for it.
    struct Asked: Sendable, Equatable {
        var stage = false
        /// The questions of channels' own forms, in small letters.
        var questions: Set<String> = []

        /// Those answers that are asked for, each as `question=answer`.
        func answers(in known: [String: String]) -> [String] {
            guard !questions.isEmpty else { return [] }
            return known.filter { questions.contains($0.key.lowercased()) }.map { "\($0.key)=\($0.value)" }.sorted()
        }
    }

    var asked: Asked {
        let answers = rules.filter(\.isEnabled).flatMap(\.conditions).filter { $0.field == .answer }.flatMap(\.values)
        return Asked(
            stage: asks(for: .stage),
            questions: Set(answers.map { $0.prefix { $0 != "=" }.lowercased() })
        )
    }

    /// - Throws: a ``Rejection`` that names what is wrong with the set.
    func check(pools: Set<String>) throws {
        guard rules.count <= Self.limit else {
            throw Rejection.invalid("rules", "too-many-rules", "A set has at most \(Self.limit) rules.")
        }
        guard pools.contains(fallback) else {
            throw Rejection.invalid("fallback", "no-such-pool", "There is no pool \(fallback).")
        }
        var names: Set<String> = []
        for (index, rule) in rules.enumerated() {
            if let objection = rule.objection(at: "rules/\(index)", pools: pools) { throw objection }
            guard names.insert(rule.name).inserted else {
                throw Rejection.invalid("rules/\(index)/name", "rule-name-taken", "Another rule is called so.")
            }
        }
    }
}

extension AssignmentRule {
    /// What is wrong with it, if anything is.
    func objection(at path: String, pools: Set<String>) -> Rejection? {
        guard (1...80).contains(name.count), name != RuleSet.fallbackName else {
            return .invalid("\(path)/name", "rule-name", "A rule has a name of 1 to 80 characters.")
        }
        guard conditions.count <= 10 else {
            return .invalid("\(path)/conditions", "too-many-conditions", "A rule has at most 10 conditions.")
        }
        for (index, condition) in conditions.enumerated() {
            if let objection = condition.objection(at: "\(path)/conditions/\(index)") { return objection }
        }
        switch target.kind {
        case .person where target.staffID == nil:
            return .invalid("\(path)/target/staffID", "rule-person", "Choose the agent who gets it.")
        case .pool, .firstToClaim:
            guard let pool = target.pool, pools.contains(pool) else {
                return .invalid("\(path)/target/pool", "no-such-pool", "Choose one of the pools.")
            }
            guard target.kind == .pool || (10...1_800).contains(target.seconds ?? 0) else {
                return .invalid("\(path)/target/seconds", "rule-seconds", "It is offered for 10 to 1800 seconds.")
            }
            return nil
        default: return nil
        }
    }
}

extension RuleSet {
    /// What decisions call the default.
    static let fallbackName = "assign.pool"
}
