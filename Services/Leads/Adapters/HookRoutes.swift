import Contracts
import Failures
import Foundation
import HTTPTypes
import Hummingbird
import Messaging
import NIOCore
import Policies
import Web

/// `/leads/api/v1/hooks/<channel>`: where platforms and websites' forms post in shapes of their own.
struct HookRoutes: Sendable {
    let app: LeadsApp
    let zone: TimeZone
    private let throttle = HookThrottle()

    init(app: LeadsApp, zone: TimeZone) {
        self.app = app
        self.zone = zone
    }

    private static let path: RouterPath = "api/v1/hooks/:channel"

    func add(to group: RouterGroup<WebContext>) {
        group.post(HookRoutes.path) { request, context in try await take(request, context) }
        group.get(HookRoutes.path) { request, context in try await verify(request, context) }
        group.on(HookRoutes.path, method: .options) { request, context in try await preflight(request, context) }
    }

    private func take(_ request: Request, _ context: WebContext) async throws -> Response {
        let (channel, adapter) = try await adapter(context)
        if let tooMany = try await tooMany(request, channel, adapter.settings) { return tooMany }
        let buffer = try await request.body.collect(upTo: context.maxUploadSize)
        let body = Array(buffer.readableBytesView)
        guard try await isSender(request, body, channel, adapter) else {
            LeadMetrics.signatureFailed(channel)
            throw Rejection(.unauthorized, "signature-wrong", "The post is not signed as this channel's are.")
        }
        let post = HookPost(
            channel: channel,
            contentType: request.headers[.contentType],
            body: body,
            traceparent: Cause.currentTraceparent
        )
        let cause = Cause(actor: "channel:\(channel)", correlationID: context.requestID)
        let receipts = try await app.spine.perform(cause) { work in try await app.takeHook(post, adapter.settings, work)
        }
        var response = try answer(receipts, adapter.settings)
        allow(request, adapter.settings, &response)
        return response
    }

    /// What is said instead where nobody signs and too much has come within a minute.
    private func tooMany(
        _ request: Request,
        _ channel: String,
        _ settings: AdapterSettings
    ) async throws -> Response? {
        guard settings.signature.kind == .none else { return nil }
        let policy = try await app.spine.read { try await PolicyStore($0).current(HookPolicy.self).value }
        let now = app.spine.clock.now
        guard let wait = throttle.wait(channel, from: request.clientAddress, policy, now: now) else { return nil }
        LeadMetrics.throttled(channel)
        let problem = Problem(
            title: "Too many posts from here within a minute; nothing of this one was kept. Send it again later.",
            status: 429,
            code: "too-many-posts"
        )
        var response = try Response.json(problem, status: .tooManyRequests, type: "application/problem+json")
        response.headers[.retryAfter] = "\(wait)"
        allow(request, settings, &response)
        return response
    }

    private struct Problem: Encodable {
        var type = "about:blank"
        let title: String
        let status: Int
        let code: String
    }

    /// A platform is told that it is stored for good whatever became of it, since it would only post the same again;
    /// whoever fills in a form is told what was wrong.
    private func answer(_ receipts: [HookReceipt], _ settings: AdapterSettings) throws -> Response {
        let rejected = receipts.first { $0.reason != nil && $0.reason != AdapterReader.honeypotCode }
        guard settings.platform.isDirect else { return try .json(PlatformAnswer(receipts: receipts)) }
        guard let rejected else {
            // A program that filled in what people do not see is not told that this gave it away.
            return try .json(FormAnswer(receiptId: receipts.first?.receiptId ?? ""), status: .accepted)
        }
        let problem = FormProblem(
            type: "about:blank",
            title: rejected.detail ?? "It was rejected.",
            status: 422,
            code: rejected.reason ?? "rejected",
            field: rejected.field,
            receiptId: rejected.receiptId
        )
        return try .json(problem, status: .unprocessableContent, type: "application/problem+json")
    }

    private struct FormAnswer: Encodable {
        let receiptId: String
    }

    private struct FormProblem: Encodable {
        let type: String
        let title: String
        let status: Int
        let code: String
        let field: String?
        let receiptId: String
    }

    /// In the words of those platforms that look at more than the status.
    private struct PlatformAnswer: Encodable {
        var code = 0
        var message = "ok"
        var baseResp = BaseResponse()
        let receipts: [HookReceipt]

        private enum CodingKeys: String, CodingKey {
            case code, message, receipts
            case baseResp = "BaseResp"
        }
    }

    private struct BaseResponse: Encodable {
        var statusCode = 200
        var statusMessage = "ok"

        private enum CodingKeys: String, CodingKey {
            case statusCode = "StatusCode"
            case statusMessage = "StatusMessage"
        }
    }

    /// A platform asks whether the address is ours: Meta with a token that it was told, 巨量引擎 with a number alone.
    private func verify(_ request: Request, _ context: WebContext) async throws -> Response {
        let (_, adapter) = try await adapter(context)
        if adapter.settings.platform == .oceanEngine, request.query("event") == "verify_webhook",
            let challenge = request.query("challenge").flatMap({ Int64($0) })
        {
            return try .json(Challenge(challenge: challenge))
        }
        let digest = Digest.of(Array((request.query("hub.verify_token") ?? "").utf8))
        guard request.query("hub.mode") == "subscribe", let challenge = request.query("hub.challenge"),
            let known = adapter.verifyDigest, ConstantTime.areEqual(Array(known.utf8), Array(digest.utf8))
        else {
            throw Rejection(.unauthorized, "verify-token-wrong", "hub.verify_token is not this channel's.")
        }
        return Response(
            status: .ok,
            headers: [.contentType: "text/plain; charset=utf-8"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: challenge))
        )
    }

    private struct Challenge: Encodable {
        var baseResp = BaseResponse()
        let challenge: Int64

        private enum CodingKeys: String, CodingKey {
            case challenge
            case baseResp = "BaseResp"
        }
    }

    /// A browser asks whether a page of another site may post.
    private func preflight(_ request: Request, _ context: WebContext) async throws -> Response {
        let (_, adapter) = try await adapter(context)
        var response = Response(status: .noContent)
        allow(request, adapter.settings, &response)
        return response
    }

    private func allow(_ request: Request, _ settings: AdapterSettings, _ response: inout Response) {
        guard let origin = request.headers[.origin], settings.origins.contains(origin) else { return }
        response.headers[.accessControlAllowOrigin] = origin
        response.headers[.accessControlAllowMethods] = "POST, OPTIONS"
        response.headers[.accessControlAllowHeaders] = "Content-Type, X-Channel-Key"
        response.headers[.vary] = "Origin"
    }

    private func isSender(
        _ request: Request,
        _ body: [UInt8],
        _ channel: String,
        _ adapter: StoredAdapter
    ) async throws -> Bool {
        let rule = adapter.settings.signature
        switch rule.kind {
        case .key:
            let key = request.headers[.channelKey] ?? request.query("key") ?? ""
            return try await app.spine.read { tx in try await ChannelKeyStore(tx).accepts(key, of: channel) }
        case .none:
            // A browser names the site whose page posts; programs do not.
            guard let origin = request.headers[.origin], !adapter.settings.origins.isEmpty else { return true }
            return adapter.settings.origins.contains(origin)
        case .hmac, .sorted:
            let proof = SenderProof(
                header: rule.header.flatMap { HTTPField.Name($0) }.flatMap { request.headers[$0] },
                timestamp: request.query("timestamp"),
                nonce: request.query("nonce"),
                signature: request.query("signature"),
                body: body
            )
            return rule.holds(for: proof, secret: adapter.secret, now: app.spine.clock.now)
        }
    }

    /// Whoever asks for a channel without a hook learns no more than who cannot sign.
    private func adapter(_ context: WebContext) async throws -> (String, StoredAdapter) {
        let channel = try context.parameter("channel")
        let found = try await app.spine.read { tx in try await AdapterStore(tx).find(channel) }
        guard let found else { throw Rejection(.unauthorized, "no-hook", "This channel has no hook.") }
        return (channel, found)
    }
}
