import Contracts
import Failures
import Foundation
import Messaging
import Web

/// The rules in order, what is being worked on, and every version there was.
struct RulesPage: Sendable {
    let header: PageHeader
    let refused: String?
    let draft: Draft?
    let rules: [RuleItem]
    let fallback: Fallback
    let sort: String?
    let history: Table

    /// What is not switched on yet.
    struct Draft: Sendable {
        let text: String
        let note: Field
        let simulate: String
    }

    struct Fallback: Sendable {
        let pool: String
        let form: Field?
    }
}

/// One rule of a list.
struct RuleItem: Sendable {
    let name: String
    let shown: String
    let conditions: [String]
    let target: String
    let badge: Badge?
    let edit: String?
    let toggle: String
    let isFirst: Bool
    let isLast: Bool

    init(_ rule: AssignmentRule, at index: Int, of count: Int, mayEdit: Bool, _ words: RuleWords) {
        let viewer = words.viewer
        name = rule.name
        shown = words.name(rule.name)
        conditions = rule.conditions.map(words.condition)
        target = words.target(rule.target)
        badge = rule.isEnabled ? nil : Badge(viewer.text("rules.off"))
        edit = mayEdit ? "/leads/rules/rule?rule=\(rule.name.asQueryValue)" : nil
        toggle = viewer.text(rule.isEnabled ? "rules.switch-off" : "rules.switch-on")
        isFirst = index == 0
        isLast = index == count - 1
    }

    static func all(_ set: RuleSet, mayEdit: Bool, _ words: RuleWords) -> [RuleItem] {
        set.rules.enumerated().map { RuleItem($1, at: $0, of: set.rules.count, mayEdit: mayEdit, words) }
    }
}

extension RulesPage {
    init(
        _ known: RulePages.Known,
        _ history: [RuleSetStore.Version],
        mayEdit: Bool,
        refused: Rejection?,
        _ viewer: Viewer
    ) {
        let words = known.words(viewer)
        header = PageHeader(
            viewer.text("rules.title"),
            sub: viewer.text("rules.hint", ["version": "\(known.current.version)"]),
            actions: mayEdit ? [Action(viewer.text("rules.add"), "/leads/rules/rule", isPrimary: !known.isDraft)] : []
        )
        self.refused = refused.map {
            viewer.word("refusal", $0.code) == $0.code ? $0.message : viewer.word("refusal", $0.code)
        }
        draft =
            known.isDraft
            ? Draft(
                text: viewer.text("rules.draft"),
                note: Field("note", viewer.text("settings.note"), hint: viewer.text("settings.note-hint")),
                simulate: "/leads/rules/simulate?days=30"
            ) : nil
        rules = RuleItem.all(known.shown, mayEdit: mayEdit, words)
        let choices = known.pools.map {
            Field.Choice($0.name, PoolWords.title($0, viewer), isChosen: $0.name == known.shown.fallback)
        }
        fallback = Fallback(
            pool: words.pools[known.shown.fallback] ?? known.shown.fallback,
            form: mayEdit ? .select("pool", viewer.text("rules.fallback-pool"), choices, isRequired: true) : nil
        )
        sort = mayEdit ? "/leads/rules/move" : nil
        self.history = Table(
            viewer.text("settings.history"),
            ["version", "what", "who", "when"].map { Table.Column(viewer.text("settings.column.\($0)")) },
            history.enumerated().map { index, version in
                let before = index + 1 < history.count ? history[index + 1] : nil
                return version.row(since: before, words)
            },
            empty: Empty(viewer.text("settings.empty.heading"), viewer.text("settings.empty.text"))
        )
    }
}

extension RuleSetStore.Version {
    fileprivate func row(since before: RuleSetStore.Version?, _ words: RuleWords) -> Table.Row {
        let viewer = words.viewer
        let who = Cause(actor: changedBy).staffID.flatMap { words.names[$0] } ?? viewer.text("settings.system")
        return Table.Row(
            id: "version-\(version)",
            href: "/leads/rules/versions/\(version)",
            [
                .text("\(version)"), .text(what(since: before, words), sub: note), .text(who),
                .time(viewer.time(changedAt)),
            ]
        )
    }

    private func what(since before: RuleSetStore.Version?, _ words: RuleWords) -> String {
        let viewer = words.viewer
        guard let before else { return viewer.text("rules.delivered") }
        let change = RuleSetChange(from: before.set, to: set)
        let parts = [("added", change.added), ("removed", change.removed), ("changed", change.changed)]
            .filter { !$0.1.isEmpty }
            .map {
                viewer.text(
                    "rules.was-\($0.0)",
                    ["rules": $0.1.map(words.name).joined(separator: viewer.text("why.comma"))]
                )
            }
        return (parts + (change.isReordered ? [viewer.text("rules.was-reordered")] : [])).joined(separator: " · ")
    }
}

/// One version as it was.
struct RuleVersionPage: Sendable {
    let header: PageHeader
    let rules: [RuleItem]
    let fallback: RulesPage.Fallback
    let sort: String?

    init(_ version: RuleSetStore.Version, _ known: RulePages.Known, mayEdit: Bool, _ viewer: Viewer) {
        let words = known.words(viewer)
        header = PageHeader(
            viewer.text("settings.version", ["version": "\(version.version)"]),
            sub: version.note,
            actions: mayEdit
                ? [
                    Action(
                        viewer.text("rules.begin-with"),
                        "/leads/rules/versions/\(version.version)/draft",
                        isPost: true
                    )
                ] : []
        )
        rules = RuleItem.all(version.set, mayEdit: false, words)
        fallback = RulesPage.Fallback(pool: words.pools[version.set.fallback] ?? version.set.fallback, form: nil)
        sort = nil
    }
}

extension String {
    /// As a value of an address.
    var asQueryValue: String { addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "" }
}
