import Contracts
import Failures
import Foundation
import HTTPTypes
import Hummingbird
import Messaging
import Web

/// The board and the pages of deals.
struct DealRoutes: Sendable {
    let app: SalesApp
    let pages: Pages
    let feed: LiveFeed

    func add(to group: RouterGroup<WebContext>) {
        group.get("deals", use: board)
        group.get("fragments/deals") { request, context in
            try pages.fragment("deal-board", try await boardPage(request, context), for: context)
        }
        group.get("live") { _, context in
            _ = try context.requirePrincipal()
            return feed.response(topics: ["deals"])
        }
        group.get("deals/:id", use: show)
        group.post("deals/:id/stage", use: move)
        group.post("deals/:id/hold", use: hold)
        group.post("deals/:id/contract", use: sign)
        group.post("deals/:id/lose", use: lose)
    }

    @Sendable
    private func board(_ request: Request, _ context: WebContext) async throws -> Response {
        let head = PageHead(title: pages.viewer(context).text("nav.deals"), section: .deals)
        return try pages.page("deals", try await boardPage(request, context), head, for: context)
    }

    private func boardPage(_ request: Request, _ context: WebContext) async throws -> DealBoardPage {
        let access = try context.access()
        let viewer = pages.viewer(context)
        let isMine = request.query("whose") == "mine"
        let monthAgo = viewer.now.addingTimeInterval(-30 * 86_400)
        let deals = try await app.spine.read { tx in
            let list = DealListStore(tx)
            let open = try await list.list(stages: Deal.Stage.open, isMine: isMine, for: access)
            let won = try await list.list(stages: [.won], isMine: isMine, for: access)
            return open + won.filter { $0.deal.stageEnteredAt >= monthAgo }
        }
        var filters = [FilterLink(viewer.text("common.all"), "/sales/deals", isCurrent: !isMine)]
        if access.seesOthers {
            filters.append(FilterLink(viewer.text("common.mine"), "/sales/deals?whose=mine", isCurrent: isMine))
        }
        return DealBoardPage(
            header: PageHeader(viewer.text("nav.deals"), sub: viewer.text("deals.lead")),
            filters: filters.count > 1 ? filters : [],
            source: "/sales/fragments/deals" + (isMine ? "?whose=mine" : ""),
            board: DealBoard(viewer: viewer, access: access).board(deals),
            empty: deals.isEmpty
                ? Empty(
                    viewer.text("deals.empty"),
                    viewer.text("deals.empty-text"),
                    action: Action(viewer.text("nav.customers"), "/sales/customers", isPrimary: true)
                ) : nil
        )
    }

    @Sendable
    private func show(_ request: Request, _ context: WebContext) async throws -> Response {
        let access = try context.access()
        let viewer = pages.viewer(context)
        let id: DealID = try context.id("id")
        let record = try await app.spine.read { try await Self.record(id, access, $0) }
        let head = PageHead(
            title: record.deal.title,
            section: .deals,
            crumbs: [Crumb(viewer.text("nav.deals"), "/sales/deals")]
        )
        let view = DealView(viewer: viewer, access: access, record: record)
        return try pages.page("deal", view.page, head, for: context)
    }

    /// A card was dropped, or its form was sent.
    ///
    /// A script is told the reason of a refusal, and puts the card back.
    @Sendable
    private func move(_ request: Request, _ context: WebContext) async throws -> Response {
        let access = try context.access()
        let viewer = pages.viewer(context)
        let id: DealID = try context.id("id")
        let to = try await request.form(context)["to"]
        let isScript = request.headers[.accept]?.contains("application/json") == true
        do {
            let deal = try await app.spine.perform(try context.cause()) { work in
                try await app.moveDeal(id, to: to, by: access, work)
            }
            if isScript { return try Response.json(DealAnswer(deal)) }
            let words = viewer.text("deals.moved", ["stage": viewer.text("deal-stage.\(deal.stage.rawValue)")])
            return .seeOther("/sales/deals", flash: Flash(.done, words))
        } catch let rejection as Rejection where rejection.kind != .unauthorized {
            let reason = viewer.refusal(rejection.code, rejection.message)
            if isScript { return try Response.json(Refusal(detail: reason), status: .conflict) }
            return .seeOther("/sales/deals", flash: Flash(.refused, reason))
        }
    }

    private struct Refusal: Encodable {
        let detail: String
    }

    @Sendable
    private func hold(_ request: Request, _ context: WebContext) async throws -> Response {
        let access = try context.access()
        let viewer = pages.viewer(context)
        let id: DealID = try context.id("id")
        let form = try await request.form(context)
        return try await viewer.answering("/sales/deals/\(id)") {
            let unit = try form.unit()
            let hold = try await app.spine.perform(try context.cause()) { work in
                try await app.holdUnit(unit, for: id, minutes: nil, by: access, work)
            }
            let words = viewer.text("units.held-until", ["until": viewer.instant(hold.expiresAt)])
            return .seeOther("/sales/deals/\(id)", flash: Flash(.done, words, undo: "/sales/units/\(unit)/release"))
        }
    }

    @Sendable
    private func sign(_ request: Request, _ context: WebContext) async throws -> Response {
        let access = try context.access()
        let viewer = pages.viewer(context)
        let id: DealID = try context.id("id")
        let form = try await request.form(context)
        return try await viewer.answering("/sales/deals/\(id)") {
            let record = ContractRecord(
                number: form.optional("number"),
                price: try Money(yuan: form["price"], field: "price"),
                handoverDueAt: try form.optional("handoverDueAt").map { try viewer.day($0, field: "handoverDueAt") },
                unitID: try form.optional("unit").map { _ in try form.unit() }
            )
            let contract = try await app.spine.perform(try context.cause()) { work in
                try await app.signContract(record, for: id, by: access, work)
            }
            let words = viewer.text("deals.signed", ["number": contract.number])
            return .seeOther("/sales/deals/\(id)", flash: Flash(.done, words))
        }
    }

    @Sendable
    private func lose(_ request: Request, _ context: WebContext) async throws -> Response {
        let access = try context.access()
        let viewer = pages.viewer(context)
        let id: DealID = try context.id("id")
        let form = try await request.form(context)
        return try await viewer.answering("/sales/deals/\(id)") {
            try await app.spine.perform(try context.cause()) { work in
                _ = try await app.loseDeal(id, reason: form["reason"], note: form["note"], by: access, work)
            }
            return .seeOther("/sales/deals/\(id)", flash: Flash(.done, viewer.text("deals.lost")))
        }
    }
}

extension Form {
    /// The unit that was chosen.
    fileprivate func unit() throws -> UnitID {
        guard let id = UnitID(self["unit"]) else {
            throw Rejection.invalid("unit", "missing-field", "Choose a unit.")
        }
        return id
    }
}
