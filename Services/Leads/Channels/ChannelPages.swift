import Contracts
import Failures
import Foundation
import Hummingbird
import Messaging
import Web

/// One channel: what it is, by which keys and which broker user it speaks, and what was changed.
struct ChannelPage: Sendable {
    let header: PageHeader
    let secret: Secret?
    let address: String
    let keys: Table
    let revokes: [Action]
    let newKey: Action
    let broker: Broker
    let adapter: Action
    let form: ChannelFormView
    /// Nil where nothing waits.
    let fetches: Table?
    let fetchNow: Action
    let history: [TimelineEntry]

    /// A key or a password, shown this once.
    struct Secret: Sendable {
        let heading: String
        let text: String
        let value: String
    }

    struct Broker: Sendable {
        let state: Badge
        let text: String
        let facts: [Fact]
        let actions: [Action]
    }
}

struct ChannelPages: Sendable {
    /// Who makes and changes channels; administrators always may.
    static let editors: [Role] = [.marketing]

    let app: LeadsApp
    let pages: Pages

    func add(to group: RouterGroup<WebContext>) {
        group.get("channels") { _, context in try await list(context) }
        group.get("channels/new") { _, context in try await new(context) }
        group.post("channels") { request, context in try await add(request, context) }
        group.get("channels/:channel") { _, context in try await show(context) }
        group.post("channels/:channel") { request, context in try await change(request, context) }
        group.post("channels/:channel/keys") { _, context in try await addKey(context) }
        group.post("channels/:channel/keys/:id/revoke") { _, context in try await revokeKey(context) }
        group.post("channels/:channel/fetch") { _, context in try await fetchNow(context) }
        group.post("channels/:channel/broker-user") { _, context in try await wantUser(context) }
        group.post("channels/:channel/broker-user/revoke") { _, context in try await unwantUser(context) }
    }

    private func show(_ context: WebContext) async throws -> Response {
        try context.requireRole(oneOf: ChannelPages.editors)
        return try await page(context)
    }

    private func change(_ request: Request, _ context: WebContext) async throws -> Response {
        let who = try context.requireRole(oneOf: ChannelPages.editors)
        let name = try context.parameter("channel")
        let viewer = pages.viewer(context)
        let form = try await request.form(context)
        do {
            let draft = try ChannelFields.draft(form)
            try await app.spine.perform(who.cause(context)) { work in
                try await app.keepChannels.change(name, draft, work)
            }
        } catch let rejection as Rejection where rejection.field != nil {
            return try await page(context, fields: ChannelFields(viewer, form, fault: rejection))
        }
        return .seeOther("/leads/channels/\(name)", flash: Flash(.done, viewer.text("channels.saved")))
    }

    private func addKey(_ context: WebContext) async throws -> Response {
        let who = try context.requireRole(oneOf: ChannelPages.editors)
        let name = try context.parameter("channel")
        let viewer = pages.viewer(context)
        let secret = try await app.spine.perform(who.cause(context)) { work in
            try await app.keepChannels.addKey(to: name, work)
        }
        // Shown in the answer itself: a redirect would have to carry it somewhere.
        return try await page(
            context,
            secret: .init(
                heading: viewer.text("channels.key-made"),
                text: viewer.text("channels.shown-once"),
                value: secret.text
            )
        )
    }

    private func revokeKey(_ context: WebContext) async throws -> Response {
        let who = try context.requireRole(oneOf: ChannelPages.editors)
        let name = try context.parameter("channel")
        let id = try context.uuid("id")
        try await app.spine.perform(who.cause(context)) { work in
            try await app.keepChannels.revokeKey(id, of: name, work)
        }
        let text = pages.viewer(context).text("channels.key-revoked")
        return .seeOther("/leads/channels/\(name)", flash: Flash(.done, text))
    }

    /// Whoever has mended the token does not wait for the next turn.
    private func fetchNow(_ context: WebContext) async throws -> Response {
        let who = try context.requireRole(oneOf: ChannelPages.editors)
        let name = try context.parameter("channel")
        try await app.spine.perform(who.cause(context)) { work in
            try await FetchStore(work.tx).tryAgain(name, now: work.now)
            work.afterCommit { app.fetchSignal.poke() }
        }
        let text = pages.viewer(context).text("channels.fetching")
        return .seeOther("/leads/channels/\(name)", flash: Flash(.done, text))
    }

    private func wantUser(_ context: WebContext) async throws -> Response {
        let who = try context.requireRole(oneOf: ChannelPages.editors)
        let name = try context.parameter("channel")
        let viewer = pages.viewer(context)
        let secret = try await app.giveBrokerUser(to: name, who.cause(context))
        return try await page(
            context,
            secret: .init(
                heading: viewer.text("channels.password-made", ["user": Channel.brokerUser(of: name)]),
                text: viewer.text("channels.shown-once"),
                value: secret.text
            )
        )
    }

    private func unwantUser(_ context: WebContext) async throws -> Response {
        let who = try context.requireRole(oneOf: ChannelPages.editors)
        let name = try context.parameter("channel")
        try await app.takeBrokerUser(from: name, who.cause(context))
        let text = pages.viewer(context).text("channels.broker-user-removed")
        return .seeOther("/leads/channels/\(name)", flash: Flash(.done, text))
    }

    private func page(
        _ context: WebContext,
        fields: ChannelFields? = nil,
        secret: ChannelPage.Secret? = nil
    ) async throws -> Response {
        let name = try context.parameter("channel")
        let viewer = pages.viewer(context)
        let story = try await app.spine.read { tx in
            let day = Day(viewer.now, in: viewer.zone)
            guard let record = try await ChannelRecordStore(tx).find(name, on: day) else {
                throw Rejection.notFound("channel", name)
            }
            return ChannelStory(
                record: record,
                keys: try await ChannelKeyStore(tx).of(name),
                changes: try await ChannelRecordStore(tx).changes(of: name),
                names: try await StaffStore(tx).names(),
                fetches: try await FetchStore(tx).of(name, limit: 50),
                hasBroker: app.keepChannels.hasBroker
            )
        }
        return try pages.page(
            "channel",
            story.page(viewer, fields: fields, secret: secret),
            head(story.record.label(viewer), viewer, under: true),
            status: fields?.isFaulty == true ? .unprocessableContent : .ok,
            for: context
        )
    }
}
