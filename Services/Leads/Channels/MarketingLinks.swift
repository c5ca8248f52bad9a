import Web

/// Where one goes from the list of leads: what marketing looks after, and a lead of one's own.
enum MarketingLinks {
    static func all(for who: Principal, _ wanted: LeadListQuery, _ viewer: Viewer) -> [Action] {
        let links: [(roles: [Role], Action)] = [
            (PoolRoutes.readers, Action(viewer.text("pools.title"), "/leads/pools")),
            (LedgerPages.readers, Action(viewer.text("ledger.title"), "/leads/ledger")),
            ([.manager, .head], Action(viewer.text("reviews.title"), "/leads/reviews")),
            (ImportPages.roles, Action(viewer.text("imports.title"), "/leads/imports")),
            (ExportLeads.roles, Action(viewer.text("exports.title"), "/leads/exports" + wanted.query)),
            (NurturePages.roles, Action(viewer.text("nurture.title"), "/leads/nurture")),
            (ChannelPages.editors, Action(viewer.text("channels.title"), "/leads/channels")),
            (ReturnPages.readers, Action(viewer.text("return.title"), "/leads/return")),
            (LifePages.readers, Action(viewer.text("life.title"), "/leads/lifecycle")),
            (PayReferral.readers, Action(viewer.text("referrals.title"), "/leads/referrals")),
            (ManualEntryPages.writers, Action(viewer.text("manual.title"), "/leads/new", isPrimary: true)),
        ]
        return links.filter { who.isOne(of: $0.roles) }.map(\.1)
    }
}
