import Contracts
import Foundation
import Web

extension PoolPages.Seen {
    func page(_ slice: Slice, _ who: Principal, _ viewer: Viewer) -> PoolPage {
        let own = "/leads/pools/\(pool.name)"
        let isEditor = who.isOne(of: RuleRoutes.editors)
        return PoolPage(
            header: PageHeader(
                PoolWords.title(pool, viewer),
                sub: viewer.text(pool.givesOut ? "pools.hint-gives-out" : "pools.hint-claim"),
                actions: isEditor && !isAdding ? [Action(viewer.text("pools.add"), "\(own)?add=yes#pool-form")] : []
            ),
            limits: who.role == .agent ? limits(viewer) : nil,
            waiting: waiting(slice, who, viewer),
            source: "/leads/fragments/pools/\(pool.name)" + (slice.after.map { "?cursor=\($0.encoded)" } ?? ""),
            topic: LeadsLive.topic(of: pool.name),
            form: isEditor ? form(viewer) : nil
        )
    }

    func waiting(_ slice: Slice, _ who: Principal, _ viewer: Viewer) -> PoolFragment {
        let shown = leads.prefix(slice.limit)
        let next = leads.count > slice.limit ? shown.last.map { Cursor($0.receivedAt, $0.id.uuid).encoded } : nil
        let own = "/leads/pools/\(pool.name)"
        return PoolFragment(
            pools: pools.map {
                FilterLink(
                    PoolWords.title($0, viewer),
                    "/leads/pools/\($0.name)",
                    count: viewer.number(counts[$0.name] ?? 0),
                    isCurrent: $0.name == pool.name
                )
            },
            leads: shown.map { item($0, who, viewer) },
            empty: shown.isEmpty ? Empty(viewer.text("pools.empty.heading"), viewer.text("pools.empty.text")) : nil,
            pager: next == nil && slice.after == nil
                ? nil : Pager(first: slice.after == nil ? nil : own, next: next.map { "\(own)?cursor=\($0)" })
        )
    }

    private func item(_ lead: PooledLead, _ who: Principal, _ viewer: Viewer) -> PoolFragment.Item {
        let mayFreeze = who.leadSight.mayLead
        let budget = [lead.need?.budget?.min, lead.need?.budget?.max].compactMap { $0 }
            .map { viewer.moneyShort($0, lead.need?.budget?.currency ?? "CNY") }.joined(separator: " – ")
        let place = [lead.project.map(viewer.project), lead.district].compactMap { $0 }.joined(separator: " · ")
        var badges = [Badge(viewer.text("leads.grade", ["grade": lead.grade]), lead.grade == "A" ? .accent : .neutral)]
        if lead.isFrozen { badges.append(Badge(viewer.text("pools.is-frozen"), .warning)) }
        if lead.offeredUntil != nil { badges.append(Badge(viewer.text("pools.is-offered"), .accent)) }
        let since = lead.offeredUntil == nil ? lead.pooledAt : nil
        let opening = ClaimLimits(policy, in: pool).opening(since, now: viewer.now)
        if let opening, !lead.isFrozen, !pool.givesOut {
            badges.append(Badge(viewer.text("pools.is-new", ["time": viewer.instant(opening)])))
        }
        let base = "/leads/pools/\(pool.name)"
        return PoolFragment.Item(
            id: lead.id.description,
            title: place.isEmpty ? viewer.text("pools.any-project") : place,
            lines: [
                viewer.channel(lead.channel), budget, lead.need?.layouts?.map(viewer.layout).joined(separator: " "),
            ]
            .compactMap { $0 }.filter { !$0.isEmpty },
            badges: badges,
            waits: viewer.time(lead.pooledAt),
            claim: who.role == .agent && !lead.isFrozen && opening == nil ? "\(base)/claim/\(lead.id)" : nil,
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
        let told = viewer.text(
            "pools.limits",
            [
                "day": "\(limits.perDay.value)", "held": "\(limits.heldAtOnce.value)",
                "wait": "\(limits.formerOwnerWaits.value)",
            ]
        )
        let waits = limits.newLeadsWait.value
        let general = waits == 0 ? told : told + " " + viewer.text("pools.limits-new", count: waits)
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
