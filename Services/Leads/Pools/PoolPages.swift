import Contracts
import Failures
import Foundation
import Hummingbird
import Messaging
import Policies
import Web

/// What waits in a pool, to be claimed; and the pools beside it.
struct PoolPage: Sendable {
    let header: PageHeader
    let limits: String?
    /// What is loaded again when something comes or goes, and where from.
    let waiting: PoolFragment
    let source: String
    let topic: String
    /// Adds a pool or changes this one, for whoever may.
    let form: PoolForm?
}

/// What waits in a pool now.
struct PoolFragment: Sendable {
    let pools: [FilterLink]
    let leads: [Item]
    let empty: Empty?
    let pager: Pager?

    struct Item: Sendable {
        let id: String
        let title: String
        let lines: [String]
        let badges: [Badge]
        let waits: TimeText
        let claim: String?
        let freeze: Action?
        let href: String?
    }
}

struct PoolPages: Sendable {
    let app: LeadsApp
    let pages: Pages

    func add(to group: RouterGroup<WebContext>) {
        group.get("pools") { _, context in try await all(context) }
        group.get("pools/:name") { request, context in
            try await show(request, context, try context.parameters.require("name"))
        }
        group.get("fragments/pools/:name") { request, context in try await fragment(request, context) }
        group.post("pools") { request, context in try await change(request, context) }
        group.post("pools/:name/claim/:id") { _, context in try await claim(context) }
        group.post("pools/:name/freeze/:id") { _, context in try await freeze(context, isFrozen: true) }
        group.post("pools/:name/release/:id") { _, context in try await freeze(context, isFrozen: false) }
    }

    /// The first pool from which one may claim.
    private func all(_ context: WebContext) async throws -> Response {
        let who = try context.requireRole(oneOf: PoolRoutes.readers)
        let pools = try await app.spine.read { try await PoolStore($0).all() }.filter { $0.isOpen(to: who) }
        let first = pools.first { !$0.givesOut } ?? pools.first
        return .seeOther("/leads/pools/\(first?.name ?? Assignment.mainPool)")
    }

    private func show(
        _ request: Request,
        _ context: WebContext,
        _ name: String,
        refused: PoolForm.Refused? = nil
    ) async throws -> Response {
        let who = try context.requireRole(oneOf: PoolRoutes.readers)
        let slice = try request.slice(defaultLimit: 50)
        let seen = try await seen(request, slice, who, name, refused)
        let viewer = pages.viewer(context)
        return try pages.page(
            "pool",
            seen.page(slice, who, viewer),
            .init(
                title: PoolWords.title(seen.pool, viewer),
                section: .leads,
                crumbs: [Crumb(viewer.text("leads.title"), "/leads/leads")]
            ),
            status: refused == nil ? .ok : .unprocessableContent,
            for: context
        )
    }

    private func fragment(_ request: Request, _ context: WebContext) async throws -> Response {
        let who = try context.requireRole(oneOf: PoolRoutes.readers)
        let slice = try request.slice(defaultLimit: 50)
        let seen = try await seen(request, slice, who, try context.parameters.require("name"), nil)
        return try pages.fragment("pool-leads", seen.waiting(slice, who, pages.viewer(context)), for: context)
    }

    private func seen(
        _ request: Request,
        _ slice: Slice,
        _ who: Principal,
        _ name: String,
        _ refused: PoolForm.Refused?
    ) async throws -> Seen {
        let after = try slice.after?.timeAndID()
        return try await app.spine.read { tx in
            let store = PoolStore(tx)
            let pool = try await store.named(name, who)
            return Seen(
                pool: pool,
                pools: try await store.all().filter { $0.isOpen(to: who) },
                counts: try await PoolQueryStore(tx).counts(),
                leads: try await PoolQueryStore(tx).leads(in: pool.name, after: after, limit: slice.limit + 1),
                policy: try await PolicyStore(tx).current(ClaimPolicy.self).value,
                staff: try await StaffStore(tx).everybody(),
                isAdding: refused?.isNew ?? (request.query("add") != nil),
                refused: refused
            )
        }
    }

    private func change(_ request: Request, _ context: WebContext) async throws -> Response {
        let who = try context.requireRole(oneOf: RuleRoutes.editors)
        let form = try await request.form(context)
        let isNew = form["is-new"] == "yes"
        do {
            let pool = try PoolForm.pool(form, pages.viewer(context))
            try await app.spine.perform(who.cause(context)) { work in
                try await app.changePool(pool, isNew: isNew, work)
            }
            let flash = Flash(.done, pages.viewer(context).text("pools.saved"))
            return .seeOther("/leads/pools/\(pool.name)", flash: flash)
        } catch let rejection as Rejection where rejection.field != nil {
            let seen = isNew ? Assignment.mainPool : form["name"]
            return try await show(request, context, seen, refused: .init(form: form, isNew: isNew, rejection))
        }
    }

    private func claim(_ context: WebContext) async throws -> Response {
        let who = try context.requirePrincipal()
        let viewer = pages.viewer(context)
        let id = LeadID(try context.uuid("id"))
        do {
            let agent = StaffID(who.staffID)
            try await app.claimLine.take(id, by: agent) {
                _ = try await app.spine.perform(who.cause(context)) { try await app.claimLead(id, by: agent, $0) }
            }
        } catch let refusal as ClaimRefusal {
            let pool = try context.parameters.require("name")
            return .seeOther("/leads/pools/\(pool.asQueryValue)", flash: Flash(.refused, refusal.words(viewer)))
        }
        return .seeOther("/leads/leads/\(id)", flash: Flash(.done, viewer.text("pools.claimed")))
    }

    private func freeze(_ context: WebContext, isFrozen: Bool) async throws -> Response {
        let who = try context.requirePrincipal()
        let id = LeadID(try context.uuid("id"))
        let pool = try context.parameters.require("name")
        try await app.spine.perform(who.cause(context)) { work in
            try await app.freezeLead(id, isFrozen: isFrozen, who.leadSight, work)
        }
        let words = pages.viewer(context).text(isFrozen ? "pools.frozen" : "pools.released")
        return .seeOther("/leads/pools/\(pool.asQueryValue)", flash: Flash(.done, words))
    }

    /// What the page of a pool is made from.
    struct Seen: Sendable {
        let pool: Pool
        let pools: [Pool]
        let counts: [String: Int]
        let leads: [PooledLead]
        let policy: ClaimPolicy
        let staff: [StaffMember]
        /// Another pool is to be added.
        let isAdding: Bool
        let refused: PoolForm.Refused?
    }
}
