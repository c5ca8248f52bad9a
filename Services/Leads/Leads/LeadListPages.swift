import Contracts
import Failures
import Foundation
import Hummingbird
import Messaging
import Phone
import Web

/// The list of leads: mine, the team's, the pool, what is overdue; searched by name or telephone number.
struct LeadListPage: Sendable {
    let header: PageHeader
    let filters: [FilterLink]
    let grades: [FilterLink]
    let search: String
    let kept: [Kept]
    let source: String
    let table: Table

    /// A part of the filter that a search keeps.
    struct Kept: Sendable {
        let name: String
        let value: String
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
            return feed.response(topics: [LeadsLive.topic], for: who.leadSight)
        }
    }

    private func list(_ request: Request, _ context: WebContext) async throws -> Response {
        let who = try context.requirePrincipal()
        let viewer = pages.viewer(context)
        let wanted = LeadListQuery(request)
        let table = try await table(request, wanted, who, viewer)
        let counts = try await app.spine.read { tx in
            let store = LeadQueryStore(tx)
            return (
                mine: try await store.count(wanted.filter(of: "mine", who, viewer.now), who.leadSight),
                pool: try await store.count(wanted.filter(of: "pool", who, viewer.now), who.leadSight),
                overdue: try await store.count(wanted.filter(of: "overdue", who, viewer.now), who.leadSight)
            )
        }
        let shown = ["mine": counts.mine, "pool": counts.pool, "overdue": counts.overdue]
        let views = !who.leadSight.seesOthers ? ["all", "overdue"] : ["all", "mine", "pool", "overdue"]
        let view = LeadListPage(
            header: PageHeader(
                viewer.text("leads.title"),
                sub: viewer.text("leads.hint"),
                actions: MarketingLinks.all(for: who, viewer)
            ),
            filters: views.map { name in
                FilterLink(
                    viewer.text("leads.view.\(name)"),
                    wanted.href(view: name),
                    count: shown[name].map { viewer.number($0) },
                    isCurrent: wanted.view == name
                )
            },
            grades: wanted.gradeLinks(viewer) + wanted.statusLinks(viewer) + wanted.returnLinks(viewer),
            search: wanted.search ?? "",
            kept: wanted.items(without: "q").map { .init(name: $0.name, value: $0.value ?? "") },
            source: "/leads/fragments/list" + wanted.query,
            table: table
        )
        return try pages.page(
            "lead-list",
            view,
            .init(title: viewer.text("leads.title"), section: .leads),
            for: context
        )
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
        let after = try slice.after?.timeAndID()
        let found = try await app.spine.read { tx in
            try await LeadQueryStore(tx).list(
                wanted.filter(of: wanted.view, who, viewer.now),
                who.leadSight,
                after: after,
                limit: slice.limit + 1
            )
        }
        let shown = found.prefix(slice.limit)
        let next = found.count > slice.limit ? shown.last : nil
        let isPaged = next != nil || slice.after != nil
        return Table(
            viewer.text("leads.caption"),
            LeadView.columns(viewer),
            shown.map { $0.row(viewer) },
            pager: isPaged
                ? Pager(
                    first: slice.after == nil ? nil : wanted.href(),
                    next: next.map { wanted.href(cursor: Cursor($0.lead.receivedAt, $0.lead.id.uuid).encoded) }
                ) : nil,
            empty: Empty(viewer.text("leads.empty.heading"), viewer.text("leads.empty.text"))
        )
    }
}
