import Contracts
import Failures
import Foundation
import Hummingbird
import Messaging
import Web

/// What waits in a pool, to be claimed; and the pools beside it.
struct PoolPage: Sendable {
    let header: PageHeader
    let pools: [FilterLink]
    let limits: String?
    let leads: [Item]
    let empty: Empty?
    let pager: Pager?
    let form: PoolForm?

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

    struct PoolForm: Sendable {
        let fields: [Field]
    }
}

struct PoolPages: Sendable {
    let app: LeadsApp
    let pages: Pages

    func add(to group: RouterGroup<WebContext>) {
        group.get("pools") { _, context in try await all(context) }
        group.get("pools/:name") { request, context in try await show(request, context) }
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
        refused: Rejection? = nil
    ) async throws -> Response {
        let who = try context.requireRole(oneOf: PoolRoutes.readers)
        let name = try context.parameters.require("name")
        let slice = try request.slice(defaultLimit: 50)
        let after = try slice.after?.timeAndID()
        let seen = try await app.spine.read { tx in
            let store = PoolStore(tx)
            let pool = try await store.named(name, who)
            return Seen(
                pool: pool,
                pools: try await store.all().filter { $0.isOpen(to: who) },
                counts: try await PoolQueryStore(tx).counts(),
                leads: try await PoolQueryStore(tx).leads(in: pool.name, after: after, limit: slice.limit + 1),
                policy: try await PolicyStore(tx).current(ClaimPolicy.self).value,
                staff: try await StaffStore(tx).everybody()
            )
        }
        let viewer = pages.viewer(context)
        return try pages.page(
            "pool",
            seen.page(slice, who, refused: refused, viewer),
            .init(
                title: PoolWords.title(seen.pool, viewer),
                section: .leads,
                crumbs: [Crumb(viewer.text("leads.title"), "/leads/leads")]
            ),
            status: refused == nil ? .ok : .unprocessableContent,
            for: context
        )
    }

    private func change(_ request: Request, _ context: WebContext) async throws -> Response {
        let who = try context.requireRole(oneOf: RuleRoutes.editors)
        let form = try await request.form(context)
        let pool = Pool(
            name: form["name"],
            title: form["title"],
            teamID: TeamID(form["team"]),
            givesOut: form["kind"] == "gives-out",
            takesRecycled: form["kind"] == "takes-recycled"
        )
        try await app.spine.perform(who.cause(context)) { work in try await app.changePool(pool, work) }
        return .seeOther("/leads/pools/\(pool.name)", flash: Flash(.done, pages.viewer(context).text("pools.saved")))
    }

    private func claim(_ context: WebContext) async throws -> Response {
        let who = try context.requirePrincipal()
        let viewer = pages.viewer(context)
        let id = LeadID(try context.uuid("id"))
        do {
            try await app.spine.perform(who.cause(context)) { work in
                try await app.claimLead(id, by: StaffID(who.staffID), work)
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
    fileprivate struct Seen: Sendable {
        let pool: Pool
        let pools: [Pool]
        let counts: [String: Int]
        let leads: [PooledLead]
        let policy: ClaimPolicy
        let staff: [StaffMember]
    }
}

extension PoolPages.Seen {
    fileprivate func page(_ slice: Slice, _ who: Principal, refused: Rejection?, _ viewer: Viewer) -> PoolPage {
        let shown = leads.prefix(slice.limit)
        let next = leads.count > slice.limit ? shown.last.map { Cursor($0.receivedAt, $0.id.uuid).encoded } : nil
        let own = "/leads/pools/\(pool.name)"
        return PoolPage(
            header: PageHeader(
                PoolWords.title(pool, viewer),
                sub: viewer.text(pool.givesOut ? "pools.hint-gives-out" : "pools.hint-claim")
            ),
            pools: pools.map {
                FilterLink(
                    PoolWords.title($0, viewer),
                    "/leads/pools/\($0.name)",
                    count: viewer.number(counts[$0.name] ?? 0),
                    isCurrent: $0.name == pool.name
                )
            },
            limits: who.role == .agent
                ? viewer.text(
                    "pools.limits",
                    [
                        "day": "\(policy.perDay)", "held": "\(policy.heldAtOnce)",
                        "wait": "\(policy.formerOwnerWaits)",
                    ]
                ) : nil,
            leads: shown.map { item($0, who, viewer) },
            empty: shown.isEmpty ? Empty(viewer.text("pools.empty.heading"), viewer.text("pools.empty.text")) : nil,
            pager: next == nil && slice.after == nil
                ? nil : Pager(first: slice.after == nil ? nil : own, next: next.map { "\(own)?cursor=\($0)" }),
            form: who.isOne(of: RuleRoutes.editors) ? form(viewer) : nil
        )
    }

    private func item(_ lead: PooledLead, _ who: Principal, _ viewer: Viewer) -> PoolPage.Item {
        let mayFreeze = who.leadSight.mayLead
        let budget = [lead.need?.budget?.min, lead.need?.budget?.max].compactMap { $0 }
            .map { viewer.moneyShort($0, lead.need?.budget?.currency ?? "CNY") }.joined(separator: " – ")
        let place = [lead.project.map(viewer.project), lead.district].compactMap { $0 }.joined(separator: " · ")
        var badges = [Badge(viewer.text("leads.grade", ["grade": lead.grade]), lead.grade == "A" ? .accent : .neutral)]
        if lead.isFrozen { badges.append(Badge(viewer.text("pools.is-frozen"), .warning)) }
        if lead.offeredUntil != nil { badges.append(Badge(viewer.text("pools.is-offered"), .accent)) }
        let base = "/leads/pools/\(pool.name)"
        return PoolPage.Item(
            id: lead.id.description,
            title: place.isEmpty ? viewer.text("pools.any-project") : place,
            lines: [
                viewer.channel(lead.channel), budget, lead.need?.layouts?.map(viewer.layout).joined(separator: " "),
            ]
            .compactMap { $0 }.filter { !$0.isEmpty },
            badges: badges,
            waits: viewer.time(lead.pooledAt),
            claim: who.role == .agent && !lead.isFrozen ? "\(base)/claim/\(lead.id)" : nil,
            freeze: mayFreeze
                ? Action(
                    viewer.text(lead.isFrozen ? "pools.release" : "pools.freeze"),
                    "\(base)/\(lead.isFrozen ? "release" : "freeze")/\(lead.id)",
                    isPost: true
                ) : nil,
            href: mayFreeze ? "/leads/leads/\(lead.id)" : nil
        )
    }

    private func form(_ viewer: Viewer) -> PoolPage.PoolForm {
        let words = RuleWords(viewer, staff, pools)
        let teams =
            [Field.Choice("", viewer.text("pools.everybody"))]
            + words.teams.sorted { $0.value < $1.value }.map { Field.Choice($0.key.description, $0.value) }
        let kinds = ["claim", "gives-out", "takes-recycled"].map {
            Field.Choice($0, viewer.text("pools.kind-\($0)"))
        }
        return PoolPage.PoolForm(fields: [
            Field("name", viewer.text("pools.name"), hint: viewer.text("pools.name-hint"), isRequired: true),
            Field("title", viewer.text("pools.title-field"), isRequired: true),
            .select("team", viewer.text("pools.members"), teams),
            .select("kind", viewer.text("pools.kind"), kinds, isRequired: true),
        ])
    }
}
