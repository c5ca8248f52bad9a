import Contracts
import Failures
import Foundation
import HTTPTypes
import Hummingbird
import Messaging
import NIOCore
import Web

/// `POST /leads/api/v1/intake/<channel>` and the receipts of what was posted or pushed.
struct IntakeRoutes: Sendable {
    let app: LeadsApp

    func add(to group: RouterGroup<WebContext>) {
        group.post("api/v1/intake/:channel") { request, context in try await take(request, context) }
        group.get("api/v1/receipts/:id") { request, context in try await receipt(request, context) }
    }

    /// The receipt that a channel is given once its submission is stored for good.
    private struct Receipt: Encodable, Sendable {
        let receiptId: String
    }

    private func take(_ request: Request, _ context: WebContext) async throws -> Response {
        let channel = try await authorized(try context.parameter("channel"), request)
        let buffer = try await request.body.collect(upTo: JSONShape.sizeLimit)
        let body = Array(buffer.readableBytesView)
        let submission = ReceivedSubmission(
            transport: .http,
            routedChannel: channel.name,
            messageID: try request.idempotencyKey(),
            contentType: request.headers[.contentType],
            body: body,
            digest: Digest.of(body),
            traceparent: Cause.currentTraceparent
        )
        let cause = Cause(actor: "channel:\(channel.name)", correlationID: context.requestID)
        let id = try await app.spine.perform(cause) { work in
            try await app.acceptSubmissions([submission], work)[0]
        }
        // What was rejected stands in the ledger, and the sender is told at once.
        if let rejection = try await rejection(of: id) { throw rejection }
        return try Accepted(Receipt(receiptId: id.wire)).response(from: request, context: context)
    }

    /// Why a submission was rejected, now or when it came the first time; nil when it was not.
    private func rejection(of id: UUID) async throws -> Rejection? {
        let row = try await app.spine.read { tx in try await LedgerQueryStore(tx).find(id) }
        guard let row, row.outcome == "rejected" else { return nil }
        return Rejection(.invalid, row.reason ?? "rejected", row.detail ?? "It was rejected.", field: row.field)
    }

    private func authorized(_ name: String, _ request: Request) async throws -> Channel {
        let key = request.headers[.channelKey] ?? ""
        let found = try await app.spine.read { tx in
            let isValid = try await ChannelKeyStore(tx).accepts(key, of: name)
            return isValid ? try await ChannelStore(tx).find(name) : nil
        }
        guard let channel = found else {
            throw Rejection(.unauthorized, "channel-key-wrong", "X-Channel-Key is not the key of this channel.")
        }
        return channel
    }

    private func receipt(_ request: Request, _ context: WebContext) async throws -> Response {
        let id = try context.uuid("id")
        let row = try await app.spine.read { tx in
            guard let principal = context.principal else { return try await LedgerQueryStore(tx).find(id) }
            return try await LedgerQueryStore(tx).find(id, for: principal)?.row
        }
        if row == nil, let waiting = try await waiting(id, request, context) { return try .json(waiting) }
        // A channel sees its own receipts.
        if context.principal == nil {
            guard let row else { throw Rejection(.unauthorized, "sign-in-required", "Send X-Channel-Key, or sign in.") }
            _ = try await authorized(row.channel, request)
        }
        guard let row else { throw Rejection.notFound("receipt", id.wire) }
        return try .json(ReceiptAnswer(row))
    }

    /// One that a platform has named, and that is still to be fetched from it.
    private func waiting(_ id: UUID, _ request: Request, _ context: WebContext) async throws -> ReceiptAnswer? {
        guard let fetch = try await app.spine.read({ try await FetchStore($0).find(id) }) else { return nil }
        if let principal = context.principal { return principal.readsLedger ? ReceiptAnswer(fetch) : nil }
        _ = try await authorized(fetch.channel, request)
        return ReceiptAnswer(fetch)
    }
}

/// What became of a submission.
struct ReceiptAnswer: Encodable, Sendable {
    let receiptId: String
    let channel: String
    let outcome: String
    let leadId: LeadID?
    let uid: UID?
    let reason: String?
    let field: String?
    let detail: String?
    let notes: [Enquiry.Note]
    let duplicateOf: String?
    let deliveries: Int
    let receivedAt: Date

    init(_ row: LedgerView) {
        receiptId = row.id.wire
        channel = row.channel
        outcome = row.outcome
        leadId = row.leadID
        uid = row.uid
        reason = row.reason
        field = row.field
        detail = row.detail
        notes = row.notes
        duplicateOf = row.duplicateOf?.wire
        deliveries = row.deliveries
        receivedAt = row.receivedAt
    }

    init(_ fetch: PlatformFetch) {
        receiptId = fetch.id.wire
        channel = fetch.channel
        outcome = "waiting"
        leadId = nil
        uid = nil
        reason = fetch.fault?.kind.rawValue
        field = nil
        detail = fetch.fault?.detail
        notes = []
        duplicateOf = nil
        deliveries = 1
        receivedAt = fetch.since
    }
}

extension HTTPField.Name {
    /// The key that a channel's HTTP submissions carry.
    static let channelKey = HTTPField.Name("X-Channel-Key") ?? .authorization
}
