import Contracts
import Failures
import Foundation
import HTTPTypes
import Hummingbird
import Web

/// What the SMS gateway calls: nobody is signed in here.
///
/// A delivery report carries a key that only its own message's address had. Texts that come in carry the key that the
/// gateway was configured with; without one configured, only calls that did not come through the public proxy count.
struct HookRoutes: Sendable {
    let app: NotifyApp
    let inboundKey: String?

    func add(to group: RouterGroup<WebContext>) {
        group.get("hooks/sms/dlr") { request, _ in try await receipt(request) }
        group.get("hooks/sms/inbound") { request, _ in try await text(request) }
    }

    private func receipt(_ request: Request) async throws -> HTTPResponse.Status {
        guard let message = request.query("message").flatMap({ MessageID($0) }),
            let attempt = request.query("attempt").flatMap({ Int($0) }), (1...10_000).contains(attempt)
        else { throw Rejection.invalid("message", "receipt-malformed", "message and attempt are required.") }
        guard app.receiptKeys.isGenuine(request.query("key") ?? "", for: message, attempt: attempt) else {
            throw Rejection(.forbidden, "receipt-not-genuine", "The key does not fit.")
        }
        guard let kind = request.query("type").flatMap({ Int($0) }).flatMap(Receipt.Kind.init) else {
            // A type that we do not know tells nothing; the gateway must not send it again.
            return .ok
        }
        let reply = request.query("reply") ?? ""
        try await app.takeReceipt(Receipt(messageID: message, attempt: attempt, kind: kind, reply: reply))
        return .ok
    }

    private func text(_ request: Request) async throws -> HTTPResponse.Status {
        let isGenuine = inboundKey.map { $0 == request.query("key") } ?? (request.clientAddress == nil)
        guard isGenuine else { throw Rejection(.forbidden, "text-not-genuine", "The key does not fit.") }
        guard let from = request.query("from") else {
            throw Rejection.invalid("from", "from-missing", "from is required.")
        }
        try await app.takeText(
            from: from,
            text: request.query("text") ?? "",
            id: request.query("id"),
            sentAt: request.query("ts")
        )
        return .ok
    }
}
