import Contracts
import Failures
import Foundation
import Hummingbird
import Messaging
import Phone
import Web

/// The list of leads: mine, the team's, the pool, what is overdue; narrowed, searched, several dealt with at once.
struct LeadListPage: Sendable {
    let header: PageHeader
    let filters: [FilterLink]
    let quick: [FilterLink]
    let orders: [FilterLink]
    let hasOrders: Bool
    let chips: [FilterLink]
    let hasChips: Bool
    let fields: [Field]
    /// What the choices keep of the rest.
    let others: [Kept]
    let search: String
    let kept: [Kept]
    let save: Save?
    let forget: Forget?
    let source: String
    let table: Table
    let bulk: Bulk?

    /// A part of the filter that a form keeps.
    struct Kept: Sendable {
        let name: String
        let value: String
    }

    /// Keeps this list under a name.
    struct Save: Sendable {
        let back: String
    }

    struct Forget: Sendable {
        let name: String
        let label: String
    }

    /// What can be done with several at once.
    struct Bulk: Sendable {
        let back: String
        let agents: Field?
        let mayPool: Bool
        /// Which pool, where there is more than one.
        let pools: Field?
        let reason: Field
        /// Why those that were given up are opened again, where the list is of such: then nothing else is done with them.
        let reopen: Field?
    }
}

/// The table alone: what is loaded again when a lead arrives.
struct LeadListFragment: Sendable {
    let table: Table
}

struct LeadListPages: Sendable {
    let app: LeadsApp
    let pages: Pages
    let feed: LiveFeed

    func add(to group: RouterGroup<WebContext>) {
        group.get("leads") { request, context in try await list(request, context) }
        group.get("fragments/list") { request, context in try await fragment(request, context) }
        group.get("live") { _, context in
            let who = try context.requirePrincipal()
            let pools = try await app.spine.read { try await PoolStore($0).all() }
            return feed.response(topics: LeadsLive.topics(pools, for: who), for: who.leadSight)
        }
    }

    private func list(_ request: Request, _ context: WebContext) async throws -> Response {
        let who = try context.requirePrincipal()
        let viewer = pages.viewer(context)
        let wanted = LeadListQuery(request)
        let table = try await table(request, wanted, who, viewer)
        let ground = try await app.spine.read { try await LeadListFilters.Ground(wanted, who, viewer.now, $0) }
        let filters = LeadListFilters(wanted: wanted, ground: ground, who: who, viewer: viewer)
        let saved = ground.saved.first { LeadListQuery(stored: $0.query) == wanted }
        let view = LeadListPage(
            header: PageHeader(
                viewer.text("leads.title"),
                sub: viewer.text("leads.hint"),
                actions: MarketingLinks.all(for: who, wanted, viewer)
            ),
            filters: filters.views,
            quick: filters.quick,
            orders: filters.orders,
            hasOrders: !filters.orders.isEmpty,
            chips: filters.chips + wanted.returnLinks(viewer),
            hasChips: !filters.chips.isEmpty || wanted.returned != nil,
            fields: filters.fields,
            others: kept(filters.others),
            search: wanted.search ?? "",
            kept: kept(wanted.items(without: [.search])),
            save: wanted.isNarrowed && saved == nil ? .init(back: wanted.query) : nil,
            forget: saved.map {
                .init(name: $0.name, label: viewer.text("leads.views.remove", ["name": $0.name]))
            },
            source: "/leads/fragments/list" + wanted.query,
            table: table,
            bulk: filters.bulk
        )
        return try pages.page(
            "lead-list",
            view,
            .init(title: viewer.text("leads.title"), section: .leads),
            for: context
        )
    }

    private func kept(_ items: [URLQueryItem]) -> [LeadListPage.Kept] {
        items.map { .init(name: $0.name, value: $0.value ?? "") }
    }

    private func fragment(_ request: Request, _ context: WebContext) async throws -> Response {
        let who = try context.requirePrincipal()
        let viewer = pages.viewer(context)
        let table = try await table(request, LeadListQuery(request), who, viewer)
        return try pages.fragment("lead-table", LeadListFragment(table: table), for: context)
    }

    private func table(
        _ request: Request,
        _ wanted: LeadListQuery,
        _ who: Principal,
        _ viewer: Viewer
    ) async throws -> Table {
        let slice = try request.slice(defaultLimit: 50)
        let after = try slice.after.map(wanted.order.place)
        let found = try await app.spine.read { tx in
            try await LeadListStore(tx).list(
                wanted.filter(who, viewer.now),
                who.leadSight,
                wanted.order,
                after: after,
                limit: slice.limit + 1
            )
        }
        let shown = found.prefix(slice.limit)
        let next = found.count > slice.limit ? shown.last : nil
        let isPaged = next != nil || slice.after != nil
        return Table(
            viewer.text("leads.caption.\(wanted.order.rawValue)"),
            LeadView.columns(viewer),
            shown.map { row in
                let mayTick = row.lead.status == .discarded ? who.leadSight.mayLead : who.leadSight.mayAct
                return row.row(viewer, canBeTicked: mayTick)
            },
            pager: isPaged
                ? Pager(
                    first: slice.after == nil ? nil : wanted.href(),
                    next: next.map { wanted.href(cursor: wanted.order.cursor(after: $0).encoded) }
                ) : nil,
            empty: Empty(viewer.text("leads.empty.heading"), viewer.text("leads.empty.text"))
        )
    }
}
