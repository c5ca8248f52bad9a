import Contracts
import Foundation
import Web

/// The units of a project, building by building.
struct UnitGridPage: Sendable {
    struct Tile: Sendable {
        let href: String
        let number: String
        let layout: String
        let area: String
        let price: String
        /// `free`, `held`, `signed`: for the colour.
        let state: String
        let stateText: String
    }

    struct Building: Sendable {
        let name: String
        let free: String
        let tiles: [Tile]
    }

    let header: PageHeader
    let filters: [FilterLink]
    let states: [FilterLink]
    let stats: [Stat]
    let buildings: [Building]
    let empty: Empty?
}

/// What the grid is asked for.
struct UnitQuery: Sendable {
    var project: String?
    var state: Unit.State?

    var address: String {
        var parts: [String] = []
        if let project { parts.append("project=\(project)") }
        if let state { parts.append("state=\(state.rawValue)") }
        return parts.isEmpty ? "/sales/units" : "/sales/units?" + parts.joined(separator: "&")
    }
}

/// Builds the grid.
struct UnitGrid {
    let viewer: Viewer
    let projects: [Project]
    let query: UnitQuery

    func page(_ units: [Unit]) -> UnitGridPage {
        let shown = units.filter { query.state == nil || $0.state == query.state }
        return UnitGridPage(
            header: PageHeader(viewer.text("nav.units"), sub: viewer.text("units.lead")),
            filters: projects.map { project in
                FilterLink(
                    viewer.name(of: project),
                    UnitQuery(project: project.key, state: query.state).address,
                    isCurrent: project.key == query.project
                )
            },
            states: states,
            stats: Unit.State.allCases.map { state in
                Stat(
                    viewer.text("units.state-\(state.rawValue)"),
                    viewer.number(units.count { $0.state == state }),
                    href: UnitQuery(project: query.project, state: state).address,
                    tone: state == .free ? .good : state == .held ? .warning : .neutral
                )
            },
            buildings: buildings(shown),
            empty: shown.isEmpty ? Empty(viewer.text("units.empty"), viewer.text("units.empty-text")) : nil
        )
    }

    private var states: [FilterLink] {
        [
            FilterLink(
                viewer.text("common.all"),
                UnitQuery(project: query.project).address,
                isCurrent: query.state == nil
            )
        ]
            + Unit.State.allCases.map { state in
                FilterLink(
                    viewer.text("units.state-\(state.rawValue)"),
                    UnitQuery(project: query.project, state: state).address,
                    isCurrent: state == query.state
                )
            }
    }

    private func buildings(_ units: [Unit]) -> [UnitGridPage.Building] {
        let project = projects.first { $0.key == query.project }
        return (project?.buildings ?? []).compactMap { building in
            let here = units.filter { $0.building == building.key }
            guard !here.isEmpty else { return nil }
            return UnitGridPage.Building(
                name: viewer.text("units.building", ["name": building.name]),
                free: viewer.text("units.free-count", count: here.count { $0.state == .free }),
                tiles: here.map(tile)
            )
        }
    }

    private func tile(_ unit: Unit) -> UnitGridPage.Tile {
        UnitGridPage.Tile(
            href: "/sales/units/\(unit.id)",
            number: unit.number,
            layout: viewer.layout(unit.layout),
            area: viewer.area(unit.area),
            price: viewer.moneyShort(unit.price.minor, unit.price.currency),
            state: unit.state.rawValue,
            stateText: viewer.text("units.state-\(unit.state.rawValue)")
        )
    }
}

extension Viewer {
    func name(of project: Project) -> String { language == .chinese ? project.nameZH : project.nameEN }

    func badge(of state: Unit.State) -> Badge {
        let tone: Badge.Tone = state == .free ? .good : state == .held ? .warning : .neutral
        return Badge(text("units.state-\(state.rawValue)"), tone)
    }
}

/// A unit's page.
struct UnitPage: Sendable {
    let header: PageHeader
    let facts: [Fact]
    let clock: Clock?
    let hold: DealPage.FormView?
    let hint: String?
    let release: Action?
}

/// Builds a unit's page.
struct UnitView {
    let viewer: Viewer
    let access: Access
    let unit: Unit
    let project: Project?
    let hold: UnitHold?
    let holder: String?
    /// The deal that holds it, when the viewer sees it.
    let holdingDeal: Deal?
    let deals: [ListedDeal]

    var page: UnitPage {
        let mayRelease = holdingDeal.map { access.mayAct(on: $0) } ?? false
        return UnitPage(
            header: PageHeader(
                unit.number,
                sub: project.map { viewer.name(of: $0) },
                badges: [viewer.badge(of: unit.state)]
            ),
            facts: facts,
            clock: hold.map { viewer.clock(due: $0.expiresAt, soon: .seconds(4 * 3_600)) },
            hold: unit.state == .free && !deals.isEmpty ? form : nil,
            hint: unit.state == .free && deals.isEmpty ? viewer.text("units.needs-deal") : nil,
            release: mayRelease
                ? Action(viewer.text("units.release"), "/sales/units/\(unit.id)/release", isPost: true) : nil
        )
    }

    private var form: DealPage.FormView {
        let choices = deals.map { Field.Choice($0.deal.id.description, $0.deal.title) }
        let lengths = [24, 48, 72].map { hours in
            Field.Choice("\(hours * 60)", viewer.text("units.hours", count: hours), isChosen: hours == 48)
        }
        return DealPage.FormView(
            action: "/sales/units/\(unit.id)/hold",
            fields: [
                .select("deal", viewer.text("units.deal"), choices, isRequired: true),
                .select("minutes", viewer.text("units.length"), lengths, isRequired: true),
            ]
        )
    }

    private var facts: [Fact] {
        let perMetre = Int64(Double(unit.price.minor) / unit.area / 100) * 100
        var facts = [
            Fact(viewer.text("units.price"), viewer.money(unit.price.minor, unit.price.currency)),
            Fact(viewer.text("units.price-per-metre"), viewer.money(perMetre, unit.price.currency)),
            Fact(viewer.text("units.layout"), viewer.layout(unit.layout)),
            Fact(viewer.text("units.area"), viewer.area(unit.area)),
            Fact(viewer.text("units.floor"), viewer.number(unit.floor)),
        ]
        if let facing = unit.facing { facts.append(Fact(viewer.text("units.facing"), viewer.word("facing", facing))) }
        if let holder { facts.append(Fact(viewer.text("units.holder"), holder)) }
        if let deal = holdingDeal {
            facts.append(Fact(viewer.text("units.deal"), deal.title, href: "/sales/deals/\(deal.id)"))
        }
        return facts
    }
}
