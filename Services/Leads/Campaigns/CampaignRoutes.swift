import Contracts
import Failures
import Foundation
import Hummingbird
import Messaging
import Postgres
import Web

/// The API of campaigns and what they cost: for marketing and administrators.
struct CampaignRoutes: Sendable {
    let app: LeadsApp

    func add(to group: RouterGroup<WebContext>) {
        group.get("api/v1/campaigns") { _, context in try await list(context) }
        group.post("api/v1/campaigns") { request, context in try await add(request, context) }
        group.post("api/v1/campaigns/:id/costs") { request, context in try await book(request, context) }
    }

    private struct Listed: Encodable { let items: [Answer] }

    private struct Answer: Encodable {
        let id: String
        let key: String
        let title: String?
        let channel: String
        let from: String
        let to: String
        let bookedMinor: Int64

        init(_ campaign: Campaign) {
            id = campaign.id.wire
            key = campaign.key
            title = campaign.title
            channel = campaign.channel
            from = campaign.period.from.text
            to = campaign.period.to.text
            bookedMinor = campaign.booked
        }
    }

    private struct Made: Codable { let id: String }

    private func list(_ context: WebContext) async throws -> Response {
        try context.requireRole(oneOf: ReturnPages.readers)
        let campaigns = try await app.spine.read { tx in try await CampaignStore(tx).all() }
        return try .json(Listed(items: campaigns.map { Answer($0) }))
    }

    private func add(_ request: Request, _ context: WebContext) async throws -> Response {
        try context.requireRole(oneOf: ChannelPages.editors)
        let draft = try await request.decode(as: CampaignDraft.self, context: context)
        return try await once("campaigns", draft, request, context) { work in
            try await app.keepCampaigns.add(draft, work)
        }
    }

    private func book(_ request: Request, _ context: WebContext) async throws -> Response {
        try context.requireRole(oneOf: ChannelPages.editors)
        let id = try context.uuid("id")
        let draft = try await request.decode(as: CostDraft.self, context: context)
        return try await once("campaigns/\(id.wire)/costs", draft, request, context) { work in
            try await app.keepCampaigns.book(draft, of: id, work)
        }
    }

    /// Once per Idempotency-Key: a cost that is booked twice would be paid twice on paper.
    private func once(
        _ what: String,
        _ draft: some Encodable,
        _ request: Request,
        _ context: WebContext,
        _ deed: @Sendable (Work) async throws -> UUID
    ) async throws -> Response {
        let who = try context.requireRole(oneOf: ChannelPages.editors)
        let wished = Digest.of(Array(try JSONText(wire: draft).text.utf8))
        let answer = try await app.spine.once(
            who.cause(context),
            scope: "staff:\(who.staffID.wire) POST /leads/api/v1/\(what)",
            key: try request.idempotencyKey(),
            digest: wished
        ) { work in
            let made = Made(id: try await deed(work).wire)
            return StoredAnswer(status: 201, json: Array(try JSONText(wire: made).text.utf8))
        }
        let made = try JSONText(String(decoding: answer.json, as: UTF8.self)).decode(Made.self)
        return try .json(made, status: .created)
    }
}
