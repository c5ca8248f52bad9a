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
    let pools: [FilterLink]
    let limits: String?
    let leads: [Item]
    let empty: Empty?
    let pager: Pager?
    /// Adds a pool or changes this one, for whoever may.
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
}

struct PoolPages: Sendable {
    let app: LeadsApp
    let pages: Pages

    func add(to group: RouterGroup<WebContext>) {
        group.get("pools") { _, context in try await all(context) }
        group.get("pools/:name") { request, context in
            try await show(request, context, try context.parameters.require("name"))
        }
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
                staff: try await StaffStore(tx).everybody(),
                isAdding: refused?.isNew ?? (request.query("add") != nil),
                refused: refused
            )
        }
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
    fileprivate struct Seen: Sendable {
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

extension PoolPages.Seen {
    fileprivate func page(_ slice: Slice, _ who: Principal, _ viewer: Viewer) -> PoolPage {
        let shown = leads.prefix(slice.limit)
        let next = leads.count > slice.limit ? shown.last.map { Cursor($0.receivedAt, $0.id.uuid).encoded } : nil
        let own = "/leads/pools/\(pool.name)"
        let isEditor = who.isOne(of: RuleRoutes.editors)
        return PoolPage(
            header: PageHeader(
                PoolWords.title(pool, viewer),
                sub: viewer.text(pool.givesOut ? "pools.hint-gives-out" : "pools.hint-claim"),
                actions: isEditor && !isAdding ? [Action(viewer.text("pools.add"), "\(own)?add=yes#pool-form")] : []
            ),
            pools: pools.map {
                FilterLink(
                    PoolWords.title($0, viewer),
                    "/leads/pools/\($0.name)",
                    count: viewer.number(counts[$0.name] ?? 0),
                    isCurrent: $0.name == pool.name
                )
            },
            limits: who.role == .agent ? limits(viewer) : nil,
            leads: shown.map { item($0, who, viewer) },
            empty: shown.isEmpty ? Empty(viewer.text("pools.empty.heading"), viewer.text("pools.empty.text")) : nil,
            pager: next == nil && slice.after == nil
                ? nil : Pager(first: slice.after == nil ? nil : own, next: next.map { "\(own)?cursor=\($0)" }),
            form: isEditor ? form(viewer) : nil
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

    /// How much may be claimed, and what of it is this pool's own.
    private func limits(_ viewer: Viewer) -> String {
        let limits = ClaimLimits(policy, in: pool)
        let general = viewer.text(
            "pools.limits",
            [
                "day": "\(limits.perDay.value)", "held": "\(limits.heldAtOnce.value)",
                "wait": "\(limits.formerOwnerWaits.value)",
            ]
        )
        guard let own = pool.limits?.own, !own.isEmpty else { return general }
        let names = own.map { viewer.text("policy.assign.claim.\($0.rawValue)") }
        return general + " "
            + viewer.text("pools.limits-own", ["names": names.joined(separator: viewer.text("why.comma"))])
    }

    private func form(_ viewer: Viewer) -> PoolForm {
        let words = RuleWords(viewer, staff, pools)
        let values = refused?.values ?? (isAdding ? [:] : PoolForm.values(pool, viewer))
        return PoolForm(values, isNew: isAdding, refused?.rejection, words.teams, policy, viewer)
    }
}
