import Crypto
import Failures
import Foundation
import HTTPTypes
import Hummingbird

/// Makes sure that a form which changes something was made by our own page for this very browser.
///
/// The token is an HMAC keyed by the session cookie, which foreign pages and scripts cannot read: every service can check it,
/// and no service has to keep or share anything. Somebody who is not signed in gets a visitor cookie to the same end.
/// Programs that send `Authorization: Bearer` or a channel key need no token: no browser sends those by itself.
struct CSRF: RouterMiddleware {
    typealias Context = WebContext
    let isSecure: Bool

    func handle(
        _ request: Request,
        context: WebContext,
        next: (Request, WebContext) async throws -> Response
    ) async throws -> Response {
        var request = request
        var context = context
        let visitor = request.cookies[SessionCookie.visitor]?.value ?? ""
        let fresh =
            context.credential == .none && visitor.isEmpty && context.surface == .page ? Self.freshVisitor() : nil
        let secret =
            context.credential == .cookie
            ? request.cookies[SessionCookie.session]?.value ?? "" : fresh ?? visitor
        context.csrfToken = secret.isEmpty ? "" : FormToken.of(secret)
        if needsToken(request, context) {
            try await check(&request, context, secret: secret)
        }
        var response = try await next(request, context)
        if let fresh, response.headers[.contentType]?.hasPrefix("text/html") == true {
            response.setCookie(SessionCookie.make(SessionCookie.visitor, fresh, secure: isSecure))
        }
        return response
    }

    /// Whether a browser could have been tricked into sending this.
    private func needsToken(_ request: Request, _ context: WebContext) -> Bool {
        let isSafe = request.method == .get || request.method == .head || request.method == .options
        guard !isSafe else { return false }
        return switch context.credential {
        case .bearer: false
        case .cookie: true
        case .none: context.surface == .page && Form.isForm(request)
        }
    }

    private func check(_ request: inout Request, _ context: WebContext, secret: String) async throws {
        let site = request.headers[.fetchSite] ?? "same-origin"
        var given = request.headers[.csrfToken]
        if given == nil, Form.isUpload(request) {
            // Nobody wants to hold a file to find the token in its form. Without the cookie the token is worth nothing.
            given = request.query("_csrf")
        } else if given == nil, Form.isForm(request) {
            let body = try await request.collectBody(upTo: context.maxUploadSize)
            given = try Form(body: body)["_csrf"]
        }
        guard site != "cross-site", FormToken.isValid(given ?? "", for: secret) else {
            throw Rejection(
                .forbidden,
                "csrf-token-wrong",
                "This form is no longer valid. Nothing was changed. Open the page again and repeat."
            )
        }
    }

    private static func freshVisitor() -> String {
        SymmetricKey(size: .bits128).withUnsafeBytes { Data($0) }.base64URL
    }
}
