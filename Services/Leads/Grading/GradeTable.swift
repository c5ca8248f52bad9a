import Contracts
import Failures

/// The rules by which a lead gets its grade: tried in order, the first that matches decides.
///
/// An administrator may change them; each change is a version.
struct GradeTable: Sendable, Equatable {
    let version: Int
    let rules: [GradeRule]

    /// The grade and why.
    ///
    /// The last rule of a table matches everything.
    func grade(_ inputs: GradeInputs) -> (grade: Grade, why: Why) {
        var tried: [String] = []
        for rule in rules {
            if rule.matches(inputs) {
                // Of a rule of several lines those before the one that matches are no other rule.
                let others = tried.filter { $0 != rule.name }
                let why = Why(
                    rule: rule.name,
                    version: version,
                    inputs: inputs.asText,
                    tried: others,
                    otherwise: Self.otherwise[rule.name] ?? "Had this rule not matched, a later one would have decided."
                )
                return (rule.grade, why)
            }
            if tried.last != rule.name { tried.append(rule.name) }
        }
        preconditionFailure("a grade table ends with a rule that matches everything")
    }

    /// What is wrong with rules that somebody wants, if anything is.
    static func objection(to rules: [GradeRule]) -> Rejection? {
        guard let last = rules.last, last.tests.isEmpty else {
            return .invalid("rules", "no-default", "The last rule has no conditions: every lead gets a grade.")
        }
        guard rules.count <= 40 else { return .invalid("rules", "too-many", "A table has at most 40 rules.") }
        for (index, rule) in rules.enumerated() {
            guard let name = rule.name.cleaned(atMost: 80), name == rule.name else {
                return .invalid("rules/\(index)/name", "invalid-name", "A rule has a name of at most 80 characters.")
            }
            if rule.tests.isEmpty, index < rules.count - 1 {
                return .invalid(
                    "rules/\(index)/tests",
                    "unreachable",
                    "What stands below a rule without conditions is never tried."
                )
            }
            for (place, test) in rule.tests.enumerated() {
                if let objection = test.objection(field: "rules/\(index)/tests/\(place)") { return objection }
            }
        }
        return nil
    }
}

extension GradeTable {
    /// Where the person stood before us or called: intent shown with the feet.
    static let personalKinds: Set<String> = ["showroom", "event", "phone", "field"]

    private static let inPerson = GradeTest(.channelKind, personalKinds.sorted().joined(separator: ", "))

    /// The table as it is delivered: version 1.
    static let standard = GradeTable(
        version: 1,
        rules: [
            GradeRule(
                "grade.a.budget-and-timeframe",
                .a,
                GradeTest(.budgetAtLeast, "3000000"),
                GradeTest(.withinMonths, "3")
            ),
            GradeRule("grade.a.referred-and-concrete", .a, GradeTest(.referred), GradeTest(.budgetNamed)),
            GradeRule("grade.a.referred-and-concrete", .a, GradeTest(.referred), GradeTest(.projectNamed)),
            GradeRule("grade.a.in-person-and-soon", .a, inPerson, GradeTest(.withinMonths, "6")),
            GradeRule("grade.a.visited", .a, GradeTest(.visited)),
            GradeRule("grade.b.in-person", .b, inPerson),
            GradeRule("grade.b.budget-or-timeframe", .b, GradeTest(.budgetNamed)),
            GradeRule("grade.b.budget-or-timeframe", .b, GradeTest(.withinMonths, "6")),
            GradeRule("grade.b.referred", .b, GradeTest(.referred)),
            GradeRule("grade.b.asks-about-a-project", .b, GradeTest(.messageLeft), GradeTest(.projectNamed)),
            GradeRule("grade.b.complete", .b, GradeTest(.completeness, "6")),
            GradeRule("grade.c.otherwise", .c),
        ]
    )

    /// What would have led past a rule of the delivered table, or to a better one; it names no numbers, for they may be
    /// changed.
    static let otherwise = [
        "grade.a.budget-and-timeframe": "A smaller budget or a later timeframe would have led to a later rule.",
        "grade.a.referred-and-concrete":
            "Without the referrer, or with neither budget nor project, a later rule would have decided.",
        "grade.a.in-person-and-soon": "A later timeframe would have led to a later rule.",
        "grade.a.visited": "Without the visit a later rule would have decided.",
        "grade.b.in-person": "An earlier timeframe would have given A.",
        "grade.b.budget-or-timeframe": "A strong budget together with an early timeframe would have given A.",
        "grade.b.referred": "A budget or a project would have given A.",
        "grade.b.asks-about-a-project": "A strong budget together with an early timeframe would have given A.",
        "grade.b.complete": "A strong budget together with an early timeframe would have given A.",
        "grade.c.otherwise":
            "A budget, an early timeframe, a referrer, or a question about a project would have given B.",
    ]
}
