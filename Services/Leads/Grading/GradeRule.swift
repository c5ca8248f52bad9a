import Contracts
import Failures

/// One thing that a rule asks of a lead.
struct GradeTest: Codable, Sendable, Equatable {
    enum Kind: String, Codable, Sendable, CaseIterable {
        /// The upper end of the budget is at least so many yuan.
        case budgetAtLeast = "budget-at-least"
        /// Any budget was named.
        case budgetNamed = "budget-named"
        /// Wants to buy within so many months.
        case withinMonths = "within-months"
        case referred
        case projectNamed = "project-named"
        case messageLeft = "message-left"
        /// Came to see us.
        case visited
        /// The channel is of one of these kinds, which are separated by commas.
        case channelKind = "channel-kind"
        /// At least so many of eight things are known.
        case completeness
        case districtNamed = "district-named"
        /// The lower end of the area is at least so many square metres.
        case areaAtLeast = "area-at-least"
        /// Wants to do one of these, which are separated by commas: `buy`, `rent`.
        case purpose
        /// Came by one of these channels, by their names, which are separated by commas.
        case channel
        /// Came with one of these campaigns, which are separated by commas.
        case campaign
        /// Had a lead before.
        case returning

        /// What its value is: a number within bounds, words, or nothing.
        var value: Value {
            switch self {
            case .budgetAtLeast: .number(1...1_000_000_000)
            case .withinMonths: .number(1...120)
            case .completeness: .number(1...8)
            case .areaAtLeast: .number(1...10_000)
            case .channelKind, .purpose, .channel, .campaign: .words
            case .budgetNamed, .referred, .projectNamed, .messageLeft, .visited, .districtNamed, .returning: .nothing
            }
        }
    }

    enum Value: Sendable {
        case number(ClosedRange<Int64>)
        case words
        case nothing
    }

    var kind: Kind
    var value: String

    init(_ kind: Kind, _ value: String = "") {
        self.kind = kind
        self.value = value
    }

    func matches(_ inputs: GradeInputs) -> Bool {
        switch kind {
        case .budgetAtLeast: (inputs.budgetYuan ?? 0) >= number
        case .budgetNamed: inputs.hasBudget
        case .withinMonths: inputs.timeframeMonths.map { Int64($0) <= number } ?? false
        case .referred: inputs.hasReferrer
        case .projectNamed: inputs.hasProject
        case .messageLeft: inputs.hasMessage
        case .visited: inputs.hasVisited
        case .channelKind: words.contains(inputs.channelKind)
        case .completeness: Int64(inputs.completeness) >= number
        case .districtNamed: inputs.hasDistrict
        case .areaAtLeast: inputs.area.map { $0 >= number } ?? false
        case .purpose: inputs.purpose.map(words.contains) ?? false
        case .channel: inputs.channel.map(words.contains) ?? false
        case .campaign: inputs.campaign.map(words.contains) ?? false
        case .returning: inputs.isReturning
        }
    }

    private var number: Int64 { Int64(value) ?? .max }
    private var words: [String] { value.split(separator: ",").map { String($0).trimmed } }

    /// What is wrong with its value, if anything is.
    func objection(field: String) -> Rejection? {
        switch kind.value {
        case .number(let bounds):
            guard let number = Int64(value), bounds.contains(number) else {
                return .invalid(
                    field,
                    "out-of-range",
                    "\(kind.rawValue) is a whole number from \(bounds.lowerBound) to \(bounds.upperBound)."
                )
            }
            return nil
        case .words:
            return words.contains { !$0.isEmpty }
                ? nil : .invalid(field, "missing", "\(kind.rawValue) names at least one.")
        case .nothing: return nil
        }
    }
}

/// A line of the table: the grade of whoever passes all of its tests; lines of one name are alternatives.
struct GradeRule: Codable, Sendable, Equatable {
    var name: String
    var grade: Grade
    /// All must hold; without any the rule matches everybody.
    var tests: [GradeTest]

    init(_ name: String, _ grade: Grade, _ tests: GradeTest...) {
        self.init(name: name, grade: grade, tests: tests)
    }

    init(name: String, grade: Grade, tests: [GradeTest]) {
        self.name = name
        self.grade = grade
        self.tests = tests
    }

    func matches(_ inputs: GradeInputs) -> Bool { tests.allSatisfy { $0.matches(inputs) } }
}
