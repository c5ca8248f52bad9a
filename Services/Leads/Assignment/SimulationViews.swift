import Contracts
import Foundation
import Web

/// What the changed rules would have done, beside what those in force would have.
struct SimulationPage: Sendable {
    let header: PageHeader
    let days: [FilterLink]
    let people: [FilterLink]
    let stats: [Stat]
    /// What it goes by.
    let notes: [String]
    let tables: [Section]
    let moved: Table

    struct Section: Sendable {
        let heading: String
        let table: Table
    }

    init(_ result: SimulateRules.Result, days: Int, _ words: RuleWords, _ viewer: Viewer) {
        let simulation = result.simulation
        header = PageHeader(
            viewer.text("rules.simulation"),
            sub: viewer.text("rules.simulation-hint"),
            actions: [Action(viewer.text("rules.back"), "/leads/rules", isPrimary: true)]
        )
        self.days = [7, 30, 90].map {
            let href = SimulationPage.link($0, isFree: result.isEverybodyFree)
            return FilterLink(viewer.text("rules.days", count: $0), href, isCurrent: $0 == days)
        }
        people = [false, true].map {
            let text = viewer.text($0 ? "rules.people-free" : "rules.people-then")
            return FilterLink(text, SimulationPage.link(days, isFree: $0), isCurrent: $0 == result.isEverybodyFree)
        }
        stats = [
            Stat(viewer.text("rules.stat-total"), viewer.number(result.total)),
            Stat(viewer.text("rules.stat-looked"), viewer.number(simulation.looked)),
            Stat(
                viewer.text("rules.stat-moved"),
                viewer.number(simulation.movedCount),
                tone: simulation.movedCount == 0 ? .neutral : .warning
            ),
        ]
        notes = SimulationPage.notes(result, viewer)
        let unknown = viewer.text("common.unknown")
        tables = [
            ("rules", "why.rule", simulation.rules.map { (words.name($0.key), $0.value) }),
            ("teams", "rules.team", simulation.teams.map { (words.teams[$0.key] ?? unknown, $0.value) }),
            ("agents", "rules.agent", simulation.agents.map { (words.names[$0.key] ?? unknown, $0.value) }),
            ("pools", "rules.pool", simulation.pools.map { (words.pools[$0.key] ?? $0.key, $0.value) }),
        ].filter { !$0.2.isEmpty }.map { name, one, pairs in
            Section(
                heading: viewer.text("rules.by-\(name)"),
                table: SimulationPage.table(viewer.text(one), name, pairs, viewer)
            )
        }
        moved = SimulationPage.moved(simulation, words, viewer)
    }

    private static func link(_ days: Int, isFree: Bool) -> String {
        "/leads/rules/simulate?days=\(days)" + (isFree ? "&people=free" : "")
    }

    private static func notes(_ result: SimulateRules.Result, _ viewer: Viewer) -> [String] {
        let isFree = result.isEverybodyFree
        let unknown = isFree ? 0 : result.simulation.unknown
        return [
            viewer.text(result.isSampled ? "rules.sampled" : "rules.all-looked"),
            viewer.text(isFree ? "rules.assumes-free" : "rules.assumes-then"),
            unknown == 0 ? nil : viewer.text("rules.unknown-then", count: unknown),
            viewer.text("rules.assumes-known"),
        ].compactMap { $0 }
    }

    private static func table(
        _ caption: String,
        _ name: String,
        _ pairs: [(String, Simulation.Pair)],
        _ viewer: Viewer
    ) -> Table {
        Table(
            caption,
            [Table.Column(caption)]
                + ["before", "after", "difference"].map {
                    Table.Column(viewer.text("rules.column.\($0)"), isNumeric: true)
                },
            pairs.sorted { ($1.1.before, $0.0) < ($0.1.before, $1.0) }.enumerated().map { index, pair in
                let difference = pair.1.after - pair.1.before
                return Table.Row(
                    id: "\(name)-\(index)",
                    href: "#\(name)-\(index)",
                    [
                        .text(pair.0), .text(viewer.number(pair.1.before)), .text(viewer.number(pair.1.after)),
                        .text(difference == 0 ? "–" : (difference > 0 ? "+" : "") + viewer.number(difference)),
                    ]
                )
            },
            empty: Empty("", "")
        )
    }

    private static func moved(_ simulation: Simulation, _ words: RuleWords, _ viewer: Viewer) -> Table {
        Table(
            viewer.text("rules.moved"),
            ["received", "before", "after"].map { Table.Column(viewer.text("rules.column.\($0)")) },
            simulation.moved.map { lead in
                Table.Row(
                    id: lead.leadID.description,
                    href: "/leads/leads/\(lead.leadID)",
                    [
                        .time(viewer.time(lead.receivedAt)),
                        .text(words.place(lead.before), sub: words.name(lead.before.rule)),
                        .text(words.place(lead.after), sub: words.name(lead.after.rule)),
                    ]
                )
            },
            empty: Empty(viewer.text("rules.nothing-moved.heading"), viewer.text("rules.nothing-moved.text"))
        )
    }
}
