import Contracts
import Failures
import Foundation
import Hummingbird
import Messaging
import Web

/// The channels that leads come from.
struct ChannelListPage: Sendable {
    let header: PageHeader
    let table: Table
}

/// A channel that is to be made.
struct ChannelNewPage: Sendable {
    let header: PageHeader
    let form: ChannelFormView
}

/// The fields of a channel.
struct ChannelFormView: Sendable {
    let action: String
    let fields: [Field]
    let costs: [Field]
    let submit: String
}

extension ChannelPages {
    func list(_ context: WebContext) async throws -> Response {
        try context.requireRole(oneOf: ChannelPages.editors)
        let viewer = pages.viewer(context)
        let records = try await app.channels(viewer)
        let add = Action(viewer.text("channels.new"), "/leads/channels/new", isPrimary: true)
        let view = ChannelListPage(
            header: PageHeader(viewer.text("channels.title"), sub: viewer.text("channels.hint"), actions: [add]),
            table: Table(
                viewer.text("channels.title"),
                ["name", "kind", "campaign", "cost", "broker"].map {
                    Table.Column(viewer.text("channels.column.\($0)"), isNumeric: $0 == "cost")
                },
                records.map { $0.row(viewer) },
                empty: Empty(viewer.text("channels.empty.heading"), viewer.text("channels.empty.text"), action: add)
            )
        )
        return try pages.page("channel-list", view, head(viewer.text("channels.title"), viewer), for: context)
    }

    func new(_ context: WebContext) async throws -> Response {
        try context.requireRole(oneOf: ChannelPages.editors)
        let viewer = pages.viewer(context)
        return try newPage(ChannelFields(viewer), viewer, context)
    }

    func add(_ request: Request, _ context: WebContext) async throws -> Response {
        let who = try context.requireRole(oneOf: ChannelPages.editors)
        let viewer = pages.viewer(context)
        let form = try await request.form(context)
        let name = form["name"]
        do {
            let draft = try ChannelFields.draft(form)
            try await app.spine.perform(who.cause(context)) { work in
                try await app.keepChannels.add(name, draft, work)
            }
        } catch let rejection as Rejection where rejection.field != nil {
            return try newPage(ChannelFields(viewer, form, fault: rejection), viewer, context)
        }
        return .seeOther(
            "/leads/channels/\(name)",
            flash: Flash(.done, viewer.text("channels.made", ["name": name]))
        )
    }

    private func newPage(_ fields: ChannelFields, _ viewer: Viewer, _ context: WebContext) throws -> Response {
        let view = ChannelNewPage(
            header: PageHeader(viewer.text("channels.new"), sub: viewer.text("channels.new-hint")),
            form: ChannelFormView(
                action: "/leads/channels",
                fields: [fields.name] + fields.about,
                costs: fields.costs,
                submit: viewer.text("channels.create")
            )
        )
        return try pages.page(
            "channel-new",
            view,
            head(viewer.text("channels.new"), viewer, under: true),
            status: fields.isFaulty ? .unprocessableContent : .ok,
            for: context
        )
    }

    func head(_ title: String, _ viewer: Viewer, under: Bool = false) -> PageHead {
        let channels = under ? [Crumb(viewer.text("channels.title"), "/leads/channels")] : []
        return PageHead(
            title: title,
            section: .leads,
            crumbs: [Crumb(viewer.text("leads.title"), "/leads/leads")] + channels
        )
    }
}

extension ChannelRecord {
    func label(_ viewer: Viewer) -> String { title ?? viewer.channel(channel.name) }

    fileprivate func row(_ viewer: Viewer) -> Table.Row {
        Table.Row(
            id: channel.name,
            href: "/leads/channels/\(channel.name)",
            [
                .text(label(viewer), sub: channel.name),
                channel.isActive
                    ? .text(viewer.word("channels.kind", channel.kind))
                    : .badge(Badge(viewer.text("channels.inactive")), sub: viewer.word("channels.kind", channel.kind)),
                .text(channel.defaultCampaign ?? "–"),
                .text(costText(viewer)),
                .badge(broker.badge(viewer)),
            ]
        )
    }

    func costText(_ viewer: Viewer) -> String {
        guard let cost else { return "–" }
        let amount = viewer.money(cost.amount.minor, cost.amount.currency)
        return viewer.text("channels.cost.\(cost.basis.rawValue)", ["amount": amount])
    }
}

extension BrokerAccess {
    func badge(_ viewer: Viewer) -> Badge {
        let tone: Badge.Tone =
            switch state {
            case .made, .file: .good
            case .wanted, .unwanted: fault == nil ? .warning : .bad
            case .none, .removed: .neutral
            }
        return Badge(viewer.text("channels.broker.\(state.rawValue)"), tone)
    }
}
