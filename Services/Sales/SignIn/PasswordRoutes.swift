import Contracts
import Failures
import Foundation
import HTTPTypes
import Hummingbird
import Messaging
import Web

/// Changing one's own password, by page and by program.
struct PasswordRoutes: Sendable {
    let app: SalesApp
    let pages: Pages
    let issuer: TokenIssuer
    let isSecure: Bool

    func add(to group: RouterGroup<WebContext>) {
        group.post("api/v1/staff/me/password", use: change)
        group.get("me/password") { _, context in
            _ = try context.requirePrincipal()
            return try show(PasswordPage(pages.viewer(context)), context)
        }
        group.post("me/password", use: post)
    }

    private struct Wish: Decodable {
        let old: String
        let new: String
    }

    /// Every sign-in from before has ended, this one too: the answer is another.
    @Sendable
    private func change(_ request: Request, _ context: WebContext) async throws -> Response {
        let id = try context.access().staffID
        let wish = try await request.json(Wish.self, context).input
        do {
            let session = try await session(id, wish.old, wish.new, request, context)
            return try Response.json(Session(token: session.token, expiresAt: session.expiresAt))
        } catch let throttled as Throttled {
            throw throttled.answer
        }
    }

    @Sendable
    private func post(_ request: Request, _ context: WebContext) async throws -> Response {
        let id = try context.access().staffID
        let viewer = pages.viewer(context)
        let form = try await request.form(context)
        let page: PasswordPage
        do {
            guard form["new"] == form["again"] else {
                throw Rejection.invalid("again", "passwords-differ", "The new password is not the same twice.")
            }
            let session = try await session(id, form["old"], form["new"], request, context)
            let next = LocalPath("/sales/today")
            var response = Response.signedIn(session.token, expiresAt: session.expiresAt, next: next, secure: isSecure)
            response.say(Flash(.done, viewer.text("password.changed")))
            return response
        } catch let throttled as Throttled {
            page = PasswordPage(viewer, problem: viewer.words(for: throttled))
        } catch let rejection as Rejection where rejection.kind == .invalid {
            page = PasswordPage(viewer, refused: rejection)
        }
        return try show(page, context, .unprocessableContent)
    }

    private func session(
        _ id: StaffID,
        _ old: String,
        _ new: String,
        _ request: Request,
        _ context: WebContext
    ) async throws -> (token: String, expiresAt: Date) {
        let client = request.clientAddress
        let staff = try await app.changePassword(of: id, from: old, to: new, at: client, cause: try context.cause())
        return try await issuer.issue(for: Principal(staff))
    }

    private func show(
        _ page: PasswordPage,
        _ context: WebContext,
        _ status: HTTPResponse.Status = .ok
    ) throws -> Response {
        let title = pages.viewer(context).text("password.title")
        var response = try pages.page("password", page, PageHead(title: title), status: status, for: context)
        response.headers[.cacheControl] = "no-store"
        return response
    }
}
