import Contracts
import Failures
import Foundation
import Hummingbird
import Messaging
import Web

/// The campaigns and what was booked for them.
struct CampaignListPage: Sendable {
    let header: PageHeader
    let table: Table
    let fields: [Field]
}

/// One campaign: what it cost, and what it brought.
struct CampaignPage: Sendable {
    let header: PageHeader
    let facts: [Fact]
    let costs: Table
    let cancels: [Action]
    let action: String
    let key: String
    let fields: [Field]
}

struct CampaignPages: Sendable {
    let app: LeadsApp
    let pages: Pages

    func add(to group: RouterGroup<WebContext>) {
        group.get("campaigns") { _, context in try await list(context) }
        group.post("campaigns") { request, context in try await add(request, context) }
        group.get("campaigns/:id") { _, context in try await show(context) }
        group.post("campaigns/:id/costs") { request, context in try await book(request, context) }
        group.post("campaigns/:id/costs/:cost/cancel") { _, context in try await cancel(context) }
    }

    private func list(
        _ context: WebContext,
        _ draft: CampaignDraft? = nil,
        fault: Rejection? = nil
    ) async throws -> Response {
        try context.requireRole(oneOf: ChannelPages.editors)
        let viewer = pages.viewer(context)
        let channels = try await app.channels(viewer)
        let campaigns = try await app.spine.read { tx in try await CampaignStore(tx).all() }
        let titles = Dictionary(channels.map { ($0.channel.name, $0.label(viewer)) }) { first, _ in first }
        let form = CampaignFields(viewer, channels, draft: draft, fault: fault)
        let view = CampaignListPage(
            header: PageHeader(
                viewer.text("campaigns.title"),
                sub: viewer.text("campaigns.hint"),
                actions: [Action(viewer.text("return.title"), "/leads/return")]
            ),
            table: Table(
                viewer.text("campaigns.title"),
                ["name", "channel", "period", "booked"].map {
                    Table.Column(viewer.text("campaigns.column.\($0)"), isNumeric: $0 == "booked")
                },
                campaigns.map { $0.row(viewer, titles) },
                empty: Empty(viewer.text("campaigns.empty.heading"), viewer.text("campaigns.empty.text"))
            ),
            fields: form.fields
        )
        return try pages.page(
            "campaign-list",
            view,
            .init(
                title: viewer.text("campaigns.title"),
                section: .leads,
                crumbs: [Crumb(viewer.text("leads.title"), "/leads/leads")]
            ),
            status: fault == nil ? .ok : .unprocessableContent,
            for: context
        )
    }

    private func add(_ request: Request, _ context: WebContext) async throws -> Response {
        let who = try context.requireRole(oneOf: ChannelPages.editors)
        let form = try await request.form(context)
        let draft = CampaignDraft(
            key: form["key"],
            title: form.optional("title"),
            channel: form["channel"],
            from: form["from"],
            to: form["to"]
        )
        do {
            let id = try await app.spine.perform(who.cause(context)) { work in
                try await app.keepCampaigns.add(draft, work)
            }
            let text = pages.viewer(context).text("campaigns.made")
            return .seeOther("/leads/campaigns/\(id.wire)", flash: Flash(.done, text))
        } catch let rejection as Rejection where rejection.field != nil {
            return try await list(context, draft, fault: rejection)
        }
    }

    private func show(
        _ context: WebContext,
        _ given: Form? = nil,
        fault: Rejection? = nil
    ) async throws -> Response {
        try context.requireRole(oneOf: ChannelPages.editors)
        let id = try context.uuid("id")
        let viewer = pages.viewer(context)
        let story = try await app.spine.read { tx in
            guard let campaign = try await CampaignStore(tx).find(id) else {
                throw Rejection.notFound("campaign", id.wire)
            }
            return CampaignStory(
                campaign: campaign,
                costs: try await CampaignStore(tx).costs(of: id),
                names: try await StaffStore(tx).names()
            )
        }
        return try pages.page(
            "campaign",
            story.page(viewer, given, fault: fault, key: given?["key"] ?? UUID.v7().wire),
            .init(
                title: story.campaign.title ?? story.campaign.key,
                section: .leads,
                crumbs: [
                    Crumb(viewer.text("leads.title"), "/leads/leads"),
                    Crumb(viewer.text("campaigns.title"), "/leads/campaigns"),
                ]
            ),
            status: fault == nil ? .ok : .unprocessableContent,
            for: context
        )
    }

    private func book(_ request: Request, _ context: WebContext) async throws -> Response {
        let who = try context.requireRole(oneOf: ChannelPages.editors)
        let id = try context.uuid("id")
        let form = try await request.form(context)
        do {
            let draft = CostDraft(
                from: form["from"],
                to: form.optional("to"),
                minor: try AmountText.minor(form["amount"], field: "amount"),
                note: form.optional("note")
            )
            // The form's own key: sent twice it is booked once.
            _ = try await app.spine.once(
                who.cause(context),
                scope: "staff:\(who.staffID.wire) form /leads/campaigns/\(id.wire)/costs",
                key: form.optional("key"),
                digest: form["key"]
            ) { work in
                try await app.keepCampaigns.book(draft, of: id, work)
                return StoredAnswer(status: 201, json: [])
            }
        } catch let rejection as Rejection where rejection.field != nil {
            return try await show(context, form, fault: rejection)
        }
        let text = pages.viewer(context).text("campaigns.booked")
        return .seeOther("/leads/campaigns/\(id.wire)", flash: Flash(.done, text))
    }

    private func cancel(_ context: WebContext) async throws -> Response {
        let who = try context.requireRole(oneOf: ChannelPages.editors)
        let id = try context.uuid("id")
        let cost = try context.uuid("cost")
        try await app.spine.perform(who.cause(context)) { work in
            try await app.keepCampaigns.cancel(cost, of: id, work)
        }
        let text = pages.viewer(context).text("campaigns.cancelled")
        return .seeOther("/leads/campaigns/\(id.wire)", flash: Flash(.done, text))
    }
}

extension Campaign {
    fileprivate func row(_ viewer: Viewer, _ titles: [String: String]) -> Table.Row {
        Table.Row(
            id: id.wire,
            href: "/leads/campaigns/\(id.wire)",
            [
                .text(title ?? key, sub: title == nil ? nil : key), .text(titles[channel] ?? channel),
                .text("\(period.from.text) – \(period.to.text)"),
                .text(booked == 0 ? "–" : viewer.money(booked, "CNY")),
            ]
        )
    }
}
