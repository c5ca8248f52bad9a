import Contracts
import Failures
import Foundation
import Web

/// A rule as a form holds it: texts that may be wrong.
struct RuleInput: Sendable {
    struct Line: Sendable {
        var field = ""
        var `operator` = ""
        var values = ""
    }

    /// So many conditions a rule has at most; the form shows fewer lines where they are enough.
    static let lineCount = 10
    static let shownCount = 6

    var name = ""
    var lines: [Line] = []
    var kind = RuleTarget.Kind.any.rawValue
    var team = ""
    var agent = ""
    var pool = ""
    var seconds = "120"
    var isEnabled = true

    init(_ rule: AssignmentRule?) {
        guard let rule else { return }
        name = rule.name
        lines = rule.conditions.map { condition in
            Line(
                field: condition.field.rawValue,
                operator: condition.operator.rawValue,
                values: condition.values.joined(separator: ", ")
            )
        }
        kind = rule.target.kind.rawValue
        team = rule.target.teamID?.description ?? ""
        agent = rule.target.staffID?.description ?? ""
        pool = rule.target.pool ?? ""
        seconds = rule.target.seconds.map { "\($0)" } ?? seconds
        isEnabled = rule.isEnabled
    }

    /// A delivered rule keeps its name in both languages unless it was given another.
    init(_ form: Web.Form, words: RuleWords) {
        let was = form["was"]
        name = !was.isEmpty && words.name(was) == form["name"] ? was : form["name"]
        lines = (0..<Self.lineCount).map { index in
            Line(field: form["field-\(index)"], operator: form["operator-\(index)"], values: form["values-\(index)"])
        }
        kind = form["kind"]
        team = form["team"]
        agent = form["agent"]
        pool = form["pool"]
        seconds = form["seconds"]
        isEnabled = form["enabled"] != "no"
    }

    /// - Throws: a ``Rejection`` that names the input at fault.
    func rule(_ words: RuleWords) throws -> AssignmentRule {
        let conditions = try lines.enumerated().compactMap { index, line -> RuleCondition? in
            guard !line.field.isEmpty else { return nil }
            guard let field = RuleField(rawValue: line.field) else {
                throw Rejection.invalid("conditions/\(index)/field", "rule-field", "Choose what is looked at.")
            }
            guard let comparison = RuleOperator(rawValue: line.operator) else {
                throw Rejection.invalid("conditions/\(index)/operator", "rule-operator", "Choose how it is compared.")
            }
            let values = line.values.split { ",，、".contains($0) }
                .map { words.written($0.trimmingCharacters(in: .whitespaces), for: field) }.filter { !$0.isEmpty }
            return RuleCondition(field, comparison, comparison.arity.upperBound == 0 ? [] : values)
        }
        guard let kind = RuleTarget.Kind(rawValue: kind) else {
            throw Rejection.invalid("target/kind", "rule-target", "Choose who gets it.")
        }
        let usesPool = kind == .pool || kind == .firstToClaim
        let target = RuleTarget(
            kind,
            teamID: usesPool || kind == .person ? nil : TeamID(team),
            staffID: kind == .person ? StaffID(agent) : nil,
            pool: usesPool ? pool : nil,
            seconds: kind == .firstToClaim ? Int(seconds) : nil
        )
        return AssignmentRule(name, target, when: conditions, isEnabled: isEnabled)
    }
}

/// One rule to be changed, or a new one.
struct RuleFormPage: Sendable {
    let header: PageHeader
    let was: String?
    let name: Field
    let lines: [Line]
    let target: [Field]
    /// What is written for a value, where it is one of a few or has a form of its own.
    let known: [Fact]
    let error: String?

    struct Line: Sendable {
        let field: Field
        let comparison: Field
        let values: Field
    }

    init(_ input: RuleInput, was: String?, refused: Rejection?, _ known: RulePages.Known, _ viewer: Viewer) {
        header = PageHeader(viewer.text(was == nil ? "rules.add" : "rules.edit"), sub: viewer.text("rules.form-hint"))
        self.was = was
        error = refused.map {
            viewer.word("refusal", $0.code) == $0.code ? $0.message : viewer.word("refusal", $0.code)
        }
        name = Field(
            "name",
            viewer.text("rules.name"),
            value: known.words(viewer).name(input.name),
            isRequired: true
        )
        let shown = min(RuleInput.lineCount, max(RuleInput.shownCount, input.lines.count { !$0.field.isEmpty } + 1))
        lines = (0..<shown).map { index in
            RuleFormPage.line(index < input.lines.count ? input.lines[index] : RuleInput.Line(), index, viewer)
        }
        target = RuleFormPage.target(input, known, viewer)
        self.known = RuleFormPage.known(known.words(viewer))
    }

    private static func known(_ words: RuleWords) -> [Fact] {
        RuleField.allCases.compactMap { field in
            let values = field.choices?.map { words.value(field, $0) }.joined(separator: words.viewer.text("why.comma"))
            let hint = [.tag, .answer].contains(field) ? words.viewer.text("rules.value-of.\(field.rawValue)") : nil
            return (values ?? hint).map { Fact(words.field(field), $0) }
        }
    }

    private static func line(_ line: RuleInput.Line, _ index: Int, _ viewer: Viewer) -> Line {
        let fields =
            [Field.Choice("", viewer.text("rules.no-condition"), isChosen: line.field.isEmpty)]
            + RuleField.allCases.map {
                Field.Choice($0.rawValue, viewer.text("rule-field.\($0.rawValue)"), isChosen: $0.rawValue == line.field)
            }
        let comparisons = RuleOperator.allCases.map {
            Field.Choice(
                $0.rawValue,
                viewer.text("rule-operator.\($0.rawValue)"),
                isChosen: $0.rawValue == line.operator
            )
        }
        return Line(
            field: .select("field-\(index)", viewer.text("rules.looked-at"), fields),
            comparison: .select("operator-\(index)", viewer.text("rules.comparison"), comparisons, isRequired: true),
            values: Field("values-\(index)", viewer.text("rules.values"), value: line.values)
        )
    }

    private static func target(_ input: RuleInput, _ known: RulePages.Known, _ viewer: Viewer) -> [Field] {
        let nobody = Field.Choice("", viewer.text("rules.any"))
        let words = known.words(viewer)
        let kinds = RuleTarget.Kind.allCases.map {
            Field.Choice($0.rawValue, viewer.text("rule-target.\($0.rawValue)"), isChosen: $0.rawValue == input.kind)
        }
        let teams = words.teams.sorted { $0.value < $1.value }.map {
            Field.Choice($0.key.description, $0.value, isChosen: $0.key.description == input.team)
        }
        let agents = known.staff.filter { $0.role == "agent" && $0.isActive }.map {
            Field.Choice($0.id.description, $0.name, isChosen: $0.id.description == input.agent)
        }
        let pools = known.pools.map {
            Field.Choice($0.name, PoolWords.title($0, viewer), isChosen: $0.name == input.pool)
        }
        let switches = ["yes", "no"].map {
            Field.Choice($0, viewer.text("settings.\($0)"), isChosen: ($0 == "yes") == input.isEnabled)
        }
        return [
            .select("kind", viewer.text("rules.target"), kinds, isRequired: true),
            .select("team", viewer.text("rules.team"), [nobody] + teams),
            .select("agent", viewer.text("rules.agent"), [nobody] + agents, hint: viewer.text("rules.agent-hint")),
            .select("pool", viewer.text("rules.pool"), [nobody] + pools, hint: viewer.text("rules.pool-hint")),
            Field(
                "seconds",
                viewer.text("rules.offered"),
                value: input.seconds,
                type: "number",
                hint: viewer.text("rules.offered-hint")
            ),
            .select("enabled", viewer.text("rules.enabled"), switches, isRequired: true),
        ]
    }
}
