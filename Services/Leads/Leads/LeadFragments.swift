import Contracts
import Foundation
import Hummingbird
import Messaging
import Web

/// The leads that nobody has answered, for the Today page.
struct TodayFragment: Sendable {
    let heading: String
    let all: String
    let leads: [DueLead]
    let isEmpty: Bool

    struct DueLead: Sendable {
        let href: String
        let name: String
        let sub: String
        let badge: Badge
        let clock: Clock
    }
}

/// The leads of a person, for the customer's page.
struct PersonFragment: Sendable {
    let heading: String
    let leads: [Item]
    let isEmpty: Bool

    struct Item: Sendable {
        let href: String
        let text: String
        let badges: [Badge]
        let at: TimeText
    }
}

/// The leads that a search has found.
struct SearchFragment: Sendable {
    let heading: String
    let all: String
    let table: Table
}

struct LeadFragments: Sendable {
    let app: LeadsApp
    let pages: Pages

    func add(to group: RouterGroup<WebContext>) {
        group.get("fragments/search") { request, context in try await search(request, context) }
        group.get("fragments/today") { _, context in try await today(context) }
        group.get("fragments/person/:uid") { _, context in try await person(context) }
    }

    /// The leads that a search over everything finds; nothing where it finds none.
    private func search(_ request: Request, _ context: WebContext) async throws -> Response {
        let who = try context.requirePrincipal()
        let viewer = pages.viewer(context)
        let wanted = LeadListQuery(request)
        guard wanted.search != nil else { return Response(status: .noContent) }
        let found = try await app.spine.read { tx in
            try await LeadListStore(tx).list(wanted.filter(who, viewer.now), who.leadSight, limit: 10)
        }
        guard !found.isEmpty else { return Response(status: .noContent) }
        let table = Table(
            viewer.text("leads.caption.newest"),
            LeadView.columns(viewer),
            found.map { $0.row(viewer) },
            empty: Empty("", "")
        )
        let view = SearchFragment(heading: viewer.text("leads.title"), all: wanted.href(), table: table)
        return try pages.fragment("lead-search", view, for: context)
    }

    private func today(_ context: WebContext) async throws -> Response {
        let who = try context.requirePrincipal()
        let viewer = pages.viewer(context)
        let found = try await app.spine.read { tx in
            try await LeadQueryStore(tx).unanswered(who.leadSight, limit: 6)
        }
        let due = found.map { view in
            TodayFragment.DueLead(
                href: "/leads/leads/\(view.lead.id)",
                name: view.heading(viewer),
                sub: view.origin(viewer),
                badge: view.gradeBadge(viewer),
                clock: viewer.clock(due: view.lead.responseDueAt, soon: .seconds(300))
            )
        }
        let view = TodayFragment(
            heading: viewer.text("leads.today"),
            all: viewer.text("leads.title"),
            leads: due,
            isEmpty: due.isEmpty
        )
        return try pages.fragment("today-leads", view, for: context)
    }

    private func person(_ context: WebContext) async throws -> Response {
        let who = try context.requirePrincipal()
        let viewer = pages.viewer(context)
        let uid = UID(try context.uuid("uid"))
        let found = try await app.spine.read { tx in
            try await LeadQueryStore(tx).of(AliasStore(tx).survivor(of: uid), who.leadSight)
        }
        let items = found.map { view in
            PersonFragment.Item(
                href: "/leads/leads/\(view.lead.id)",
                text: view.origin(viewer),
                badges: [view.gradeBadge(viewer), view.statusBadge(viewer)],
                at: viewer.time(view.lead.receivedAt)
            )
        }
        let view = PersonFragment(heading: viewer.text("leads.title"), leads: items, isEmpty: items.isEmpty)
        return try pages.fragment("person-leads", view, for: context)
    }
}
