import Contracts
import Failures
import Foundation
import HTTPTypes
import Hummingbird
import Messaging
import NIOCore
import Web

/// Signing in and out, and the keys by which every service checks who is signed in.
struct SessionRoutes: Sendable {
    let app: SalesApp
    let pages: Pages
    let issuer: TokenIssuer
    /// Whether the console is reached by https.
    let isSecure: Bool

    func add(to group: RouterGroup<WebContext>) {
        group.post("api/v1/session", use: create)
        group.get(".well-known/jwks.json") { _, _ in
            Response(
                status: .ok,
                headers: [.contentType: "application/jwk-set+json", .cacheControl: "public, max-age=300"],
                body: ResponseBody(byteBuffer: ByteBuffer(string: issuer.jwks))
            )
        }
        group.get("sign-in", use: page)
        group.post("sign-in", use: post)
        group.post("sign-out") { _, _ in Response.signedOut(secure: isSecure) }
    }

    private struct Credentials: Decodable {
        let email: String
        let password: String
    }

    private struct Session: Encodable {
        let token: String
        let expiresAt: Date
    }

    @Sendable
    private func create(_ request: Request, _ context: WebContext) async throws -> Response {
        let given = try await request.json(Credentials.self, context).input
        do {
            let session = try await session(given.email, given.password, context)
            return try Response.json(Session(token: session.token, expiresAt: session.expiresAt))
        } catch let throttled as Throttled {
            throw HTTPError(
                .tooManyRequests,
                headers: [.retryAfter: "\(throttled.retryAfterSeconds)"],
                message: "Too many wrong passwords for this address. Wait and try again."
            )
        }
    }

    private func session(
        _ email: String,
        _ password: String,
        _ context: WebContext
    ) async throws -> (token: String, expiresAt: Date) {
        let cause = Cause(actor: "system", correlationID: context.requestID)
        let staff = try await app.signIn(email: email, password: password, cause: cause)
        return try await issuer.issue(for: Principal(staff))
    }

    // The page

    @Sendable
    private func page(_ request: Request, _ context: WebContext) async throws -> Response {
        let next = LocalPath(request.query("next") ?? "/sales/today")
        if context.principal != nil { return .seeOther(next.description) }
        return try show(SignInPage(pages.viewer(context), next: next), context)
    }

    @Sendable
    private func post(_ request: Request, _ context: WebContext) async throws -> Response {
        let form = try await request.form(context)
        let viewer = pages.viewer(context)
        let next = LocalPath(form.optional("next") ?? "/sales/today")
        let problem: String
        let status: HTTPResponse.Status
        do {
            let session = try await session(form["email"], form["password"], context)
            return .signedIn(session.token, expiresAt: session.expiresAt, next: next, secure: isSecure)
        } catch let throttled as Throttled {
            let minutes = (throttled.retryAfterSeconds + 59) / 60
            problem = viewer.text("sign-in.throttled", count: minutes)
            status = .tooManyRequests
        } catch let rejection as Rejection where rejection.kind == .unauthorized {
            problem = viewer.text("sign-in.wrong")
            status = .unprocessableContent
        }
        return try show(SignInPage(viewer, next: next, email: form["email"], problem: problem), context, status)
    }

    private func show(_ page: SignInPage, _ context: WebContext, _ status: HTTPResponse.Status = .ok) throws -> Response
    {
        let title = pages.viewer(context).text("sign-in.title")
        var response = try pages.page(
            "sign-in",
            page,
            PageHead(title: title, isBare: true),
            status: status,
            for: context
        )
        response.headers[.cacheControl] = "no-store"
        return response
    }
}

extension Principal {
    /// What the token says of a member of staff.
    init(_ staff: Staff) {
        let scope: Scope =
            switch staff.role {
            case .agent: .own
            case .manager: .team
            case .service, .supervisor, .head, .clerk, .marketing, .admin: .all
            }
        self.init(
            staffID: staff.id.uuid,
            name: staff.name,
            email: staff.email,
            role: Role(staff.role.rawValue),
            scope: scope,
            teamID: staff.team?.id.uuid,
            projects: staff.projects,
            language: Language(tag: staff.language) ?? .english
        )
    }
}
