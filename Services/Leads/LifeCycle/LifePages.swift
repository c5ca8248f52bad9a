import Contracts
import Failures
import Foundation
import Hummingbird
import Messaging
import Policies
import Web

/// How many people have come how far; each stage opens its list.
struct LifePage: Sendable {
    let header: PageHeader
    let label: String
    let stages: [Stage]
    let layers: Table

    struct Stage: Sendable {
        let label: String
        let hint: String
        let href: String
        let count: String
        /// Of a thousand: how many have come at least so far.
        let width: Int
        let reached: String
    }
}

struct LifePages: Sendable {
    static let readers: [Role] = [.marketing, .manager, .head]

    let app: LeadsApp
    let pages: Pages

    func add(to group: RouterGroup<WebContext>) {
        group.get("lifecycle") { _, context in try await show(context) }
        group.post("persons/:uid/stage") { request, context in try await change(request, context) }
        group.get("api/v1/life-cycle") { _, context in try await counts(context) }
        group.post("api/v1/persons/:uid/stage") { request, context in try await order(request, context) }
    }

    private func show(_ context: WebContext) async throws -> Response {
        try context.requireRole(oneOf: Self.readers)
        let viewer = pages.viewer(context)
        let (counts, layers, policy) = try await app.spine.read { tx in
            (
                try await KeptCountStore(tx).life(), try await ValueStore(tx).counts(),
                try await PolicyStore(tx).current(ValuePolicy.self).value
            )
        }
        return try pages.page(
            "life-cycle",
            LifePage(counts, LifePage.layers(layers, policy, viewer), viewer),
            .init(
                title: viewer.text("life.title"),
                section: .leads,
                crumbs: [Crumb(viewer.text("leads.title"), "/leads/leads")]
            ),
            for: context
        )
    }

    private func change(_ request: Request, _ context: WebContext) async throws -> Response {
        let who = try context.requirePrincipal()
        let uid = UID(try context.uuid("uid"))
        let form = try await request.form(context)
        let stage = try LifeStage.wished(form["stage"])
        do {
            try await app.spine.perform(who.cause(context)) { work in
                try await app.keepStages.order(stage, reason: form["reason"], for: uid, who.leadSight, work)
            }
        } catch let rejection as Rejection where rejection.field != nil {
            let text = pages.viewer(context).refusal(rejection)
            return .seeOther("/leads/persons/\(uid)", flash: Flash(.refused, text))
        }
        return .seeOther("/leads/persons/\(uid)", flash: Flash(.done, pages.viewer(context).text("life.changed")))
    }

    private struct Counts: Encodable {
        let stages: [Count]

        struct Count: Encodable {
            let stage: String
            let people: Int
        }
    }

    private func counts(_ context: WebContext) async throws -> Response {
        try context.requireRole(oneOf: Self.readers)
        let counts = try await app.spine.read { try await LifeCycleStore($0).counts() }
        return try .json(Counts(stages: LifeStage.allCases.map { .init(stage: $0.rawValue, people: counts[$0] ?? 0) }))
    }

    private struct Wish: Codable {
        /// Missing: it shall take its course again.
        let stage: String?
        let reason: String
    }

    private struct Answer: Encodable {
        let uid: UID
        let stage: String
        let why: Contracts.Why?
    }

    private func order(_ request: Request, _ context: WebContext) async throws -> Response {
        let deed = try Deed(request, context)
        let uid = UID(try context.uuid("uid"))
        let body = try await request.decode(as: Wish.self, context: context)
        let stage = try LifeStage.wished(body.stage ?? "")
        return try await deed.once(app.spine, body) { work in
            try await app.keepStages.order(stage, reason: body.reason, for: uid, deed.who.leadSight, work)
            let person = try await AliasStore(work.tx).survivor(of: uid)
            let cycle = try await LifeCycleStore(work.tx).find(person)
            return Answer(uid: person, stage: (cycle?.stage ?? .potential).rawValue, why: cycle?.why)
        }
    }
}

extension LifeStage {
    /// A stage that somebody names; nil for none.
    fileprivate static func wished(_ name: String) throws -> LifeStage? {
        guard !name.isEmpty else { return nil }
        guard let stage = LifeStage(rawValue: name) else {
            let all = allCases.map(\.rawValue).joined(separator: ", ")
            throw Rejection.invalid("stage", "unknown-stage", "stage is one of \(all), or left out.")
        }
        return stage
    }

    var tone: Badge.Tone {
        switch self {
        case .potential: .neutral
        case .intent: .accent
        case .deal, .owner, .historic: .good
        }
    }
}

extension LifePage {
    init(_ counted: LifeCounts, _ layers: Table, _ viewer: Viewer) {
        self.layers = layers
        let counts = counted.people
        let all = counts.values.reduce(0, +)
        let hint = [viewer.text("life.hint"), viewer.counted(counted.countedAt)].compactMap(\.self)
        header = PageHeader(viewer.text("life.title"), sub: hint.joined(separator: " "))
        label = viewer.text("life.chart")
        stages = LifeStage.allCases.map { stage in
            let reached = LifeStage.allCases.filter { $0 >= stage }.reduce(0) { $0 + (counts[$1] ?? 0) }
            let share = Double(reached) / Double(max(all, 1))
            return Stage(
                label: viewer.text("life.stage.\(stage.rawValue)"),
                hint: viewer.text("life.about.\(stage.rawValue)"),
                href: "/leads/leads?stage=\(stage.rawValue)",
                count: viewer.number(counts[stage] ?? 0),
                width: Int((share * 1_000).rounded()),
                reached: viewer.text(
                    "life.reached",
                    ["people": viewer.number(reached), "share": all == 0 ? "–" : Score.percent(share)]
                )
            )
        }
    }
    /// How many buyers of each project are in each layer, and what is done for them.
    static func layers(
        _ counts: [(project: String, layer: ValueLayer, people: Int)],
        _ policy: ValuePolicy,
        _ viewer: Viewer
    ) -> Table {
        let projects = Array(Set(counts.map(\.project))).sorted()
        let rows = ValueLayer.allCases.map { layer in
            let cells = projects.map { project in
                let found = counts.first { $0.project == project && $0.layer == layer }
                return Table.Cell.text(viewer.number(found?.people ?? 0))
            }
            let name = Table.Cell.text(
                viewer.text("value.layer.\(layer.rawValue)"),
                sub: viewer.text("value.about.\(layer.rawValue)")
            )
            let strategies = viewer.strategies(policy.strategies(for: layer))
            return Table.Row(
                id: layer.rawValue,
                href: "/leads/segments",
                [name] + cells + [.text(strategies.isEmpty ? "–" : strategies)]
            )
        }
        return Table(
            viewer.text("value.title"),
            [Table.Column(viewer.text("value.layer-column"))]
                + projects.map { Table.Column(viewer.project($0), isNumeric: true) }
                + [Table.Column(viewer.text("value.strategy"))],
            counts.isEmpty ? [] : rows,
            empty: Empty(viewer.text("value.empty.heading"), viewer.text("value.empty.text"))
        )
    }
}
