import Contracts
import Failures
import Foundation
import Hummingbird
import Messaging
import Postgres
import Web

/// The API of channels: for marketing and administrators.
struct ChannelRoutes: Sendable {
    let app: LeadsApp
    let pages: Pages

    func add(to group: RouterGroup<WebContext>) {
        group.get("api/v1/channels") { _, context in try await list(context) }
        group.post("api/v1/channels") { request, context in try await add(request, context) }
        group.post("api/v1/channels/:channel") { request, context in try await change(request, context) }
        group.post("api/v1/channels/:channel/keys") { _, context in try await addKey(context) }
        group.post("api/v1/channels/:channel/keys/:id/revoke") { _, context in try await revokeKey(context) }
        group.post("api/v1/channels/:channel/broker-user") { _, context in try await wantUser(context) }
        group.post("api/v1/channels/:channel/broker-user/revoke") { _, context in try await unwantUser(context) }
    }

    private struct Listed: Encodable { let items: [ChannelAnswer] }
    private struct NewChannel: Decodable {
        let name: String
        let draft: ChannelDraft

        private enum CodingKeys: String, CodingKey { case name }

        init(from decoder: any Decoder) throws {
            name = try decoder.container(keyedBy: CodingKeys.self).decode(String.self, forKey: .name)
            draft = try ChannelDraft(from: decoder)
        }
    }
    private struct Shown: Encodable {
        /// Told this once.
        let secret: String
        let user: String?
    }

    private func list(_ context: WebContext) async throws -> Response {
        try context.requireRole(oneOf: ChannelPages.editors)
        return try .json(Listed(items: try await app.channels(pages.viewer(context)).map { ChannelAnswer($0) }))
    }

    private func add(_ request: Request, _ context: WebContext) async throws -> Response {
        let who = try context.requireRole(oneOf: ChannelPages.editors)
        let key = try request.idempotencyKey()
        let body = try await request.decode(as: NewChannel.self, context: context)
        let name = body.name
        let wished = try JSONText(wire: body.draft).text
        _ = try await app.spine.once(
            who.cause(context),
            scope: "staff:\(who.staffID.wire) POST /leads/api/v1/channels",
            key: key,
            digest: Digest.of(Array("\(name) \(wished)".utf8))
        ) { work in
            try await app.keepChannels.add(name, body.draft, work)
            return StoredAnswer(status: 201, json: [])
        }
        return try Created(try await answer(name, context), location: "/leads/api/v1/channels/\(name)")
            .response(from: request, context: context)
    }

    private func change(_ request: Request, _ context: WebContext) async throws -> Response {
        let who = try context.requireRole(oneOf: ChannelPages.editors)
        let name = try context.parameter("channel")
        let draft = try await request.decode(as: ChannelDraft.self, context: context)
        try await app.spine.perform(who.cause(context)) { work in
            try await app.keepChannels.change(name, draft, work)
        }
        return try .json(try await answer(name, context))
    }

    private func addKey(_ context: WebContext) async throws -> Response {
        let who = try context.requireRole(oneOf: ChannelPages.editors)
        let name = try context.parameter("channel")
        let secret = try await app.spine.perform(who.cause(context)) { work in
            try await app.keepChannels.addKey(to: name, work)
        }
        return try .json(Shown(secret: secret.text, user: nil), status: .created)
    }

    private func revokeKey(_ context: WebContext) async throws -> Response {
        let who = try context.requireRole(oneOf: ChannelPages.editors)
        let name = try context.parameter("channel")
        let id = try context.uuid("id")
        try await app.spine.perform(who.cause(context)) { work in
            try await app.keepChannels.revokeKey(id, of: name, work)
        }
        return try .json(try await answer(name, context))
    }

    private func wantUser(_ context: WebContext) async throws -> Response {
        let who = try context.requireRole(oneOf: ChannelPages.editors)
        let name = try context.parameter("channel")
        let secret = try await app.giveBrokerUser(to: name, who.cause(context))
        return try .json(Shown(secret: secret.text, user: Channel.brokerUser(of: name)), status: .created)
    }

    private func unwantUser(_ context: WebContext) async throws -> Response {
        let who = try context.requireRole(oneOf: ChannelPages.editors)
        let name = try context.parameter("channel")
        try await app.takeBrokerUser(from: name, who.cause(context))
        return try .json(try await answer(name, context))
    }

    private func answer(_ name: String, _ context: WebContext) async throws -> ChannelAnswer {
        let found = try await app.channels(pages.viewer(context)).first { $0.channel.name == name }
        guard let found else { throw Rejection.notFound("channel", name) }
        return ChannelAnswer(found)
    }
}

/// A channel as the API tells it.
private struct ChannelAnswer: Encodable, Sendable {
    let name: String
    let kind: String
    let title: String?
    let defaultCampaign: String?
    let isActive: Bool
    let costBasis: String?
    let costMinor: Int64?
    let currency: String?
    let brokerUser: String
    let brokerState: String
    let brokerFault: String?

    init(_ record: ChannelRecord) {
        name = record.channel.name
        kind = record.channel.kind
        title = record.title
        defaultCampaign = record.channel.defaultCampaign
        isActive = record.channel.isActive
        costBasis = record.cost?.basis.rawValue
        costMinor = record.cost?.amount.minor
        currency = record.cost?.amount.currency
        brokerUser = record.channel.brokerUser
        brokerState = record.broker.state.rawValue
        brokerFault = record.broker.fault
    }
}

extension LeadsApp {
    /// Every channel, as of the viewer's day.
    func channels(_ viewer: Viewer) async throws -> [ChannelRecord] {
        try await spine.read { tx in try await ChannelRecordStore(tx).all(on: Day(viewer.now, in: viewer.zone)) }
    }
}
