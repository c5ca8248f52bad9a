import Contracts
import Failures
import Foundation
import Hummingbird
import Messaging
import Web

/// The pages of units.
struct UnitRoutes: Sendable {
    let app: SalesApp
    let pages: Pages

    func add(to group: RouterGroup<WebContext>) {
        group.get("units", use: grid)
        group.get("units/:id", use: show)
        group.post("units/:id/hold", use: hold)
        group.post("units/:id/release", use: release)
    }

    @Sendable
    private func grid(_ request: Request, _ context: WebContext) async throws -> Response {
        _ = try context.access()
        let viewer = pages.viewer(context)
        let wanted = request.query("project") ?? context.principal?.projects.first
        let state = request.query("state").flatMap(Unit.State.init)
        let (projects, query, units) = try await app.spine.read { tx in
            let projects = try await ProjectStore(tx).projects()
            let project = projects.first { $0.key == wanted } ?? projects.first
            let units = try await project.asyncMap { try await UnitStore(tx).list(project: $0.key) } ?? []
            return (projects, UnitQuery(project: project?.key, state: state), units)
        }
        let page = UnitGrid(viewer: viewer, projects: projects, query: query).page(units)
        let head = PageHead(title: viewer.text("nav.units"), section: .units)
        return try pages.page("units", page, head, for: context)
    }

    @Sendable
    private func show(_ request: Request, _ context: WebContext) async throws -> Response {
        let access = try context.access()
        let viewer = pages.viewer(context)
        let id: UnitID = try context.id("id")
        let view = try await app.spine.read { tx in
            let unit = try await UnitStore(tx).unit(id)
            let hold = try await HoldStore(tx).live(on: id)
            let holders = try await HoldStore(tx).holders(of: [hold].compactMap { $0 }, knownTo: access)
            let deals = try await DealListStore(tx).list(stages: Deal.Stage.open, for: access)
            return UnitView(
                viewer: viewer,
                access: access,
                unit: unit,
                project: try await ProjectStore(tx).projects().first { $0.key == unit.project },
                hold: hold,
                holder: hold.map { holders[$0.id] ?? viewer.text("units.other-team") },
                holdingDeal: deals.first { $0.deal.id == hold?.dealID }?.deal,
                deals: deals.filter { access.mayAct(on: $0.deal) }
            )
        }
        let head = PageHead(
            title: view.unit.number,
            section: .units,
            crumbs: [Crumb(viewer.text("nav.units"), UnitQuery(project: view.unit.project).address)]
        )
        return try pages.page("unit", view.page, head, for: context)
    }

    @Sendable
    private func hold(_ request: Request, _ context: WebContext) async throws -> Response {
        let access = try context.access()
        let viewer = pages.viewer(context)
        let id: UnitID = try context.id("id")
        let form = try await request.form(context)
        return try await viewer.answering("/sales/units/\(id)") {
            guard let deal = DealID(form["deal"]) else {
                throw Rejection.invalid("deal", "missing-field", "Choose a deal.")
            }
            let hold = try await app.spine.perform(try context.cause()) { work in
                try await app.holdUnit(id, for: deal, minutes: Int(form["minutes"]), by: access, work)
            }
            let words = viewer.text("units.held-until", ["until": viewer.instant(hold.expiresAt)])
            return .seeOther("/sales/units/\(id)", flash: Flash(.done, words, undo: "/sales/units/\(id)/release"))
        }
    }

    @Sendable
    private func release(_ request: Request, _ context: WebContext) async throws -> Response {
        let access = try context.access()
        let viewer = pages.viewer(context)
        let id: UnitID = try context.id("id")
        return try await viewer.answering("/sales/units/\(id)") {
            try await app.spine.perform(try context.cause()) { work in
                _ = try await app.endHolds.release(id, by: access, work)
            }
            return .seeOther("/sales/units/\(id)", flash: Flash(.done, viewer.text("units.released")))
        }
    }
}

extension Optional {
    /// `map` with a transformation that waits.
    fileprivate func asyncMap<Value>(_ transform: (Wrapped) async throws -> Value) async rethrows -> Value? {
        guard let self else { return nil }
        return try await transform(self)
    }
}
