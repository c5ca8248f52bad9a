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

    @Sendable
    private func create(_ request: Request, _ context: WebContext) async throws -> Response {
        let given = try await request.json(Credentials.self, context).input
        do {
            let session = try await session(given.email, given.password, request, context)
            return try Response.json(Session(token: session.token, expiresAt: session.expiresAt))
        } catch let throttled as Throttled {
            throw throttled.answer
        }
    }

    private func session(
        _ email: String,
        _ password: String,
        _ request: Request,
        _ context: WebContext
    ) async throws -> (token: String, expiresAt: Date) {
        let cause = Cause(actor: "system", correlationID: context.requestID)
        let staff = try await app.signIn(email: email, password: password, at: request.clientAddress, cause: cause)
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
            let session = try await session(form["email"], form["password"], request, context)
            return .signedIn(session.token, expiresAt: session.expiresAt, next: next, secure: isSecure)
        } catch let throttled as Throttled {
            problem = viewer.words(for: throttled)
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

/// A sign-in as programs get it.
struct Session: Encodable {
    let token: String
    let expiresAt: Date
}

extension Throttled {
    /// How programs are told.
    var answer: HTTPError {
        HTTPError(
            .tooManyRequests,
            headers: [.retryAfter: "\(retryAfterSeconds)"],
            message: "Too many wrong passwords. Wait and try again."
        )
    }
}

extension Viewer {
    /// How people are told.
    func words(for throttled: Throttled) -> String {
        let seconds = throttled.retryAfterSeconds
        return seconds < 60
            ? text("sign-in.throttled-seconds", count: seconds)
            : text("sign-in.throttled", count: (seconds + 59) / 60)
    }
}

extension Principal {
    /// What the token says of a member of staff.
    init(_ staff: Staff) {
        self.init(
            staffID: staff.id.uuid,
            name: staff.name,
            email: staff.email,
            role: Role(staff.role.rawValue),
            scope: staff.sees,
            teamID: staff.team?.id.uuid,
            projects: staff.projects,
            language: Language(tag: staff.language) ?? .english,
            epoch: staff.signInEpoch
        )
    }
}
