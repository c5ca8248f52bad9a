import Failures
import HTTPTypes
import Hummingbird

/// Finds out who asks and in which language to answer.
struct SignIn: RouterMiddleware {
    typealias Context = WebContext
    let verifier: TokenVerifier
    let standing: Standing.Lookup
    let isSecure: Bool

    func handle(
        _ request: Request,
        context: WebContext,
        next: (Request, WebContext) async throws -> Response
    ) async throws -> Response {
        let cookies = request.cookies
        if let chosen = chosenLanguage(request, context) {
            return chosen
        }
        var context = context
        let session = cookies[SessionCookie.session]?.value
        // The language is known before the sign-in is checked: the refusal too is said in it.
        context.language = language(of: request, cookies, nil)
        if let bearer = Self.bearer(of: request) {
            let principal = try await verifier.principal(of: bearer)
            guard try await admits(principal) else { throw Standing.ended }
            context.principal = principal
            context.credential = .bearer
        } else if let session, let principal = try? await verifier.principal(of: session), try await admits(principal) {
            // A session that has ended is no error: the visitor is nobody again.
            context.principal = principal
            context.credential = .cookie
        }
        context.language = language(of: request, cookies, context.principal)
        context.flash = cookies[SessionCookie.flash].flatMap { Flash(cookie: $0.value) }
        return try await next(request, context)
    }

    /// Whether the person still works here and has not ended this sign-in, as the service's own table says.
    private func admits(_ principal: Principal) async throws -> Bool {
        try await standing(principal.staffID)?.admits(principal) ?? true
    }

    private func language(of request: Request, _ cookies: Cookies, _ principal: Principal?) -> Language {
        cookies[SessionCookie.language].flatMap { Language(tag: $0.value) }
            ?? principal?.language
            ?? request.headers[.acceptLanguage].flatMap(Language.preferred)
            ?? .english
    }

    /// `?lang=zh-Hans` on any page chooses the language and comes back to the same place without it.
    private func chosenLanguage(_ request: Request, _ context: WebContext) -> Response? {
        guard context.surface == .page, request.method == .get,
            let tag = request.uri.queryParameters["lang"], let language = Language(tag: String(tag))
        else { return nil }
        let rest = (request.uri.query ?? "").split(separator: "&").filter { !$0.hasPrefix("lang=") }
        let query = rest.isEmpty ? "" : "?" + rest.joined(separator: "&")
        var response = Response.redirect(to: LocalPath(request.uri.path + query).description, type: .normal)
        response.setCookie(
            SessionCookie.make(
                SessionCookie.language,
                language.rawValue,
                maxAge: 365 * 86_400,
                secure: isSecure,
                httpOnly: false
            )
        )
        return response
    }

    static func bearer(of request: Request) -> String? {
        guard let header = request.headers[.authorization] else { return nil }
        let parts = header.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        return String(parts[1])
    }
}
