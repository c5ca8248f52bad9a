import Contracts
import Failures
import Foundation
import HTTPTypes
import Hummingbird
import Web

/// What somebody sees who follows the link of a mail: a question, then that it was noted.
struct UnsubscribePage: Sendable {
    let heading: String
    let text: String
    /// Nil once it is done.
    let action: String?
}

/// Takes mails back without a sign-in: whoever has the mail's link may.
struct UnsubscribeRoutes: Sendable {
    let app: NotifyApp
    let pages: Pages

    func add(to group: RouterGroup<WebContext>) {
        group.get("unsubscribe/:message/:key") { _, context -> Response in
            try page("ask", action: try path(context), context)
        }
        group.post("unsubscribe/:message/:key") { request, context -> Response in
            _ = try await request.form(context)
            try await app.unsubscribe(try message(context))
            return try page("done", action: nil, context)
        }
        group.get("api/v1/unsubscribe/:message/:key") { _, context -> Response in
            .seeOther(try path(context))
        }
        group.post("api/v1/unsubscribe/:message/:key") { _, context -> HTTPResponse.Status in
            try await app.unsubscribe(try message(context))
            return .ok
        }
    }

    private func path(_ context: WebContext) throws -> String {
        "/notify/unsubscribe/\(try message(context))/\(context.parameters.get("key") ?? "")"
    }

    /// The mail that the link is of.
    /// - Throws: a ``Rejection`` where the key is not the mail's.
    private func message(_ context: WebContext) throws -> MessageID {
        let id = MessageID(try context.uuid("message"))
        guard app.unsubscribeLinks.isGenuine(context.parameters.get("key") ?? "", of: id) else {
            throw Rejection.notFound("message", id)
        }
        return id
    }

    private func page(_ step: String, action: String?, _ context: WebContext) throws -> Response {
        let viewer = pages.viewer(context)
        let heading = viewer.text("unsubscribe.\(step)")
        let view = UnsubscribePage(heading: heading, text: viewer.text("unsubscribe.\(step)-text"), action: action)
        return try pages.page("unsubscribe", view, PageHead(title: heading, isBare: true), for: context)
    }
}
