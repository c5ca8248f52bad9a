import Contracts
import Foundation
import Messaging
import Policies
import Postgres
import Web

/// How far somebody has come, on their page, and saying otherwise.
struct LifePane: Sendable {
    let facts: [Fact]
    let action: String?
    let fields: [Field]
}

/// What is known of how far a person has come.
struct PersonLife: Sendable {
    let cycle: LifeCycle
    let order: LifeOrder?
    /// What they are worth, project by project, and what is done for such people.
    let standings: [ValueStanding]
    let value: ValuePolicy

    init(of side: Side, _ tx: Transaction) async throws {
        let store = LifeCycleStore(tx)
        let policy = try await PolicyStore(tx).current(LifePolicy.self)
        let known = try await store.find(side.uid)
        cycle = known ?? LifeCycle.now(LifeCourse(), policy)
        order = try await store.order(of: side.members)
        standings = try await ValueStore(tx).of(side.uid)
        value = try await PolicyStore(tx).current(ValuePolicy.self).value
    }

    func pane(_ uid: UID, mayChange: Bool, _ staff: [StaffID: String], _ viewer: Viewer) -> LifePane {
        let stage = viewer.text("life.stage.\(cycle.stage.rawValue)")
        let rule = viewer.word("rule", cycle.why.rule.replacing(".", with: "-"))
        let facts: [Fact?] = [
            Fact(viewer.text("life.stage-field"), stage, why: cycle.why.shown(rule, viewer, names: staff)),
            cycle.since.map { Fact(viewer.text("life.since"), viewer.time($0).text) },
            order.flatMap { order in
                order.stage.map { Fact(viewer.text("life.by-hand"), viewer.text("life.stage.\($0.rawValue)")) }
            },
            order.flatMap { $0.stage == nil || $0.reason.isEmpty ? nil : Fact(viewer.text("life.reason"), $0.reason) },
        ]
        let choices =
            LifeStage.allCases.map {
                Field.Choice($0.rawValue, viewer.text("life.stage.\($0.rawValue)"), isChosen: $0 == cycle.stage)
            } + [Field.Choice("", viewer.text("life.automatic"))]
        return LifePane(
            facts: facts.compactMap(\.self) + standings.flatMap { worth($0, viewer) },
            action: mayChange ? "/leads/persons/\(uid)/stage" : nil,
            fields: [
                .select("stage", viewer.text("life.stage-field"), choices),
                Field("reason", viewer.text("life.reason"), isRequired: true, autocomplete: "off"),
            ]
        )
    }
    private func worth(_ standing: ValueStanding, _ viewer: Viewer) -> [Fact] {
        let layer = viewer.text("value.layer.\(standing.layer.rawValue)")
        let strategies = viewer.strategies(value.strategies(for: standing.layer))
        return [
            Fact(
                viewer.text("value.in", ["project": viewer.project(standing.project)]),
                layer,
                why: standing.why.shown(viewer.text("value.about.\(standing.layer.rawValue)"), viewer, names: [:])
            )
        ] + (strategies.isEmpty ? [] : [Fact(viewer.text("value.strategy"), strategies)])
    }
}

extension Viewer {
    /// What is done for people of a layer, in words.
    func strategies(_ names: [String]) -> String {
        names.map { text("policy.leads.value.\($0)") }.joined(separator: text("why.comma"))
    }
}
