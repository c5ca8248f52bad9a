import Failures
import Foundation

/// What a rule may look at; in the glossary as `rule-field.<field>`.
enum RuleField: String, Codable, Sendable, CaseIterable {
    case channel
    case channelKind
    case campaign
    case grade
    case project
    case district
    case purpose
    case layout
    case language
    /// The upper end of the budget in yuan.
    case budget
    /// The lower end of the area in square metres.
    case area
    /// Months within which the person wants to buy.
    case timeframe
    /// The hour of arrival in the office's zone, 0…23.
    case hour
    /// The day of arrival, 1 for Monday … 7 for Sunday.
    case weekday
    /// `yes` when somebody has referred the person.
    case referred
    /// `yes` when the person had a lead before.
    case returning
    /// What is known of the person, each as `key=value`: `interest=education`.
    case tag
    /// The lower end of the budget in yuan.
    case budgetFrom
    /// The upper end of the area in square metres.
    case areaTo
    /// How many rooms the layouts have that were asked for.
    case rooms
    /// How the enquiry lets itself be answered: `phone`, `email`, `wechat`.
    case reach
    /// `yes` when the person has written something.
    case wrote
    /// `yes` when somebody of ours has entered the lead.
    case byHand
    /// Whether the office is open when the lead arrives, by its calendar: `yes` or `no`.
    case officeOpen
    /// How far the person has come with us; who is new is `potential`.
    case stage
    /// What a form of the channel's own has asked, each as `question=answer`.
    case answer

    var isNumber: Bool {
        switch self {
        case .budget, .budgetFrom, .area, .areaTo, .rooms, .timeframe, .hour, .weekday: true
        default: false
        }
    }

    /// What it may be, where that is one of a few; nil where it may be anything.
    var choices: [String]? {
        switch self {
        case .grade: Grade.allCases.map(\.rawValue)
        case .purpose: ["buy", "rent"]
        case .reach: PersonIdentifier.Kind.reaching.map(\.rawValue)
        case .stage: LifeStage.allCases.map(\.rawValue)
        case .referred, .returning, .wrote, .byHand, .officeOpen: ["yes", "no"]
        default: nil
        }
    }

    /// Those that compare with ``choices`` alone; a set that was switched on before may name others of the rest.
    fileprivate var isStrict: Bool { [.reach, .stage, .wrote, .byHand, .officeOpen].contains(self) }
}

/// How a condition compares; in the glossary as `rule-operator.<operator>`.
enum RuleOperator: String, Codable, Sendable, CaseIterable {
    /// One of the lead's values is one of the condition's.
    case `is`
    /// None of the lead's values is one of the condition's.
    case isNot = "is-not"
    case atLeast = "at-least"
    case atMost = "at-most"
    /// From the first to the second, both included; hours and weekdays may go past midnight or Sunday.
    case between
    case isKnown = "is-known"
    case isUnknown = "is-unknown"

    /// How many values it takes.
    var arity: ClosedRange<Int> {
        switch self {
        case .is, .isNot: 1...50
        case .atLeast, .atMost: 1...1
        case .between: 2...2
        case .isKnown, .isUnknown: 0...0
        }
    }

    var needsNumbers: Bool { [.atLeast, .atMost, .between].contains(self) }
}

/// One thing that must be so for a rule to apply.
struct RuleCondition: Codable, Sendable, Equatable {
    var field: RuleField
    var `operator`: RuleOperator
    var values: [String]

    init(_ field: RuleField, _ operator: RuleOperator, _ values: [String] = []) {
        self.field = field
        self.operator = `operator`
        self.values = values
    }

    func holds(for facts: LeadFacts) -> Bool {
        let known = facts[field]
        switch `operator` {
        case .is: return known.contains { matches($0) }
        case .isNot: return !known.contains { matches($0) }
        case .isKnown: return !known.isEmpty
        case .isUnknown: return known.isEmpty
        case .atLeast: return compares(known) { $0 >= $1[0] }
        case .atMost: return compares(known) { $0 <= $1[0] }
        case .between: return compares(known) { RuleCondition.lies($0, from: $1[0], to: $1[1]) }
        }
    }

    private func matches(_ known: String) -> Bool {
        if field.isNumber, let number = Double(known) { return values.contains { Double($0) == number } }
        return values.contains { $0 == known || $0.caseInsensitiveCompare(known) == .orderedSame }
    }

    /// What is unknown is neither more nor less than anything.
    private func compares(_ known: [String], _ test: (Double, [Double]) -> Bool) -> Bool {
        let bounds = values.compactMap { Double($0) }
        guard bounds.count == values.count, `operator`.arity.contains(bounds.count) else { return false }
        return known.contains { Double($0).map { test($0, bounds) } ?? false }
    }

    /// Bounds in the wrong order mean around the end: from 22 to 6 is the night.
    private static func lies(_ number: Double, from first: Double, to last: Double) -> Bool {
        first <= last ? number >= first && number <= last : number >= first || number <= last
    }

    /// What is wrong with it, if anything is.
    func objection(at path: String) -> Rejection? {
        guard `operator`.arity.contains(values.count), values.allSatisfy({ (1...200).contains($0.count) }) else {
            return .invalid("\(path)/values", "rule-values", "\(`operator`.rawValue) takes \(`operator`.arity) values.")
        }
        let wantsNumbers = field.isNumber && !values.isEmpty
        if `operator`.needsNumbers, !field.isNumber {
            return .invalid("\(path)/operator", "rule-operator", "\(field.rawValue) is no number.")
        }
        if field.isStrict, let choices = field.choices, values.contains(where: { !choices.contains($0) }) {
            let known = choices.joined(separator: ", ")
            return .invalid("\(path)/values", "rule-choice", "\(field.rawValue) is one of \(known).")
        }
        let isAnswer = `operator`.arity.lowerBound > 0 && values.allSatisfy { $0.dropFirst().contains("=") }
        if field == .answer, !isAnswer {
            return .invalid("\(path)/values", "rule-answer", "An answer is compared as question=answer.")
        }
        if wantsNumbers, values.contains(where: { Double($0).map { !$0.isFinite } ?? true }) {
            return .invalid("\(path)/values", "rule-numbers", "\(field.rawValue) is compared with numbers.")
        }
        return nil
    }

    /// For a ``Contracts/Why``: `channel is douyin`.
    var asText: String {
        ([field.rawValue, `operator`.rawValue] + [values.joined(separator: ", ")]).joined(separator: " ")
    }
}
