import Contracts

/// The rules by which a lead gets its grade: tried in order, the first that matches decides.
struct GradeTable: Sendable {
    struct Rule: Sendable {
        let name: String
        let grade: Grade
        /// What would have led past this rule, or to it: one sentence for the page.
        let otherwise: String
        let matches: @Sendable (GradeInputs) -> Bool
    }

    let version: Int
    let rules: [Rule]

    /// The grade and why.
    ///
    /// The last rule of a table matches everything.
    func grade(_ inputs: GradeInputs) -> (grade: Grade, why: Why) {
        var tried: [String] = []
        for rule in rules {
            if rule.matches(inputs) {
                let why = Why(
                    rule: rule.name,
                    version: version,
                    inputs: inputs.asText,
                    tried: tried,
                    otherwise: rule.otherwise
                )
                return (rule.grade, why)
            }
            tried.append(rule.name)
        }
        preconditionFailure("a grade table ends with a rule that matches everything")
    }
}

extension GradeTable {
    /// From this many yuan on a budget is a strong one.
    static let strongBudget: Int64 = 3_000_000
    /// Where the person stood before us or called: intent shown with the feet.
    static let personalKinds: Set<String> = ["showroom", "event", "phone", "field"]

    static let current = GradeTable(
        version: 1,
        rules: [
            Rule(
                name: "grade.a.budget-and-timeframe",
                grade: .a,
                otherwise: "A budget under ¥3,000,000 or a timeframe over three months would have led to a later rule."
            ) { ($0.budgetYuan ?? 0) >= strongBudget && ($0.timeframeMonths ?? .max) <= 3 },
            Rule(
                name: "grade.a.referred-and-concrete",
                grade: .a,
                otherwise: "Without the referrer, or with neither budget nor project, a later rule would have decided."
            ) { $0.hasReferrer && ($0.hasBudget || $0.hasProject) },
            Rule(
                name: "grade.a.in-person-and-soon",
                grade: .a,
                otherwise: "Without a timeframe of at most six months this would have been a B."
            ) { personalKinds.contains($0.channelKind) && ($0.timeframeMonths ?? .max) <= 6 },
            Rule(
                name: "grade.b.in-person",
                grade: .b,
                otherwise: "A timeframe of at most six months would have given A."
            ) { personalKinds.contains($0.channelKind) },
            Rule(
                name: "grade.b.budget-or-timeframe",
                grade: .b,
                otherwise: "A budget of ¥3,000,000 and a timeframe of at most three months would have given A."
            ) { $0.hasBudget || ($0.timeframeMonths ?? .max) <= 6 },
            Rule(
                name: "grade.b.referred",
                grade: .b,
                otherwise: "A budget or a project would have given A."
            ) { $0.hasReferrer },
            Rule(
                name: "grade.b.asks-about-a-project",
                grade: .b,
                otherwise: "A budget of ¥3,000,000 and a timeframe of at most three months would have given A."
            ) { $0.hasMessage && $0.hasProject },
            Rule(
                name: "grade.b.complete",
                grade: .b,
                otherwise: "A budget of ¥3,000,000 and a timeframe of at most three months would have given A."
            ) { $0.completeness >= 6 },
            Rule(
                name: "grade.c.otherwise",
                grade: .c,
                otherwise: "A budget, a timeframe of at most six months, a referrer, or a question about a project "
                    + "would have given B."
            ) { _ in true },
        ]
    )
}
