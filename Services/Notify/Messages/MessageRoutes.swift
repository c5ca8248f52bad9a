import Contracts
import Failures
import Foundation
import HTTPTypes
import Hummingbird
import Web

/// The messages as pages and as JSON.
struct MessageRoutes: Sendable {
    let app: NotifyApp
    let pages: Pages

    /// Who may send again and settle.
    private static let deciders: [Role] = [.manager, .supervisor, .head]

    func add(to group: RouterGroup<WebContext>) {
        group.get("messages") { try await list($0, $1) }
        group.get("messages/:id") { try await one($0, $1) }
        group.post("messages/:id/resend") { try await resend($0, $1) }
        group.post("messages/:id/settle") { try await settle($0, $1) }
        group.get("fragments/person/:uid") { try await person($0, $1) }
        // What the proxy makes of `/s/…`; it gives nothing away, the page behind it asks who somebody is.
        group.get("s/:key") { _, context in
            guard let link = ShortLink(key: try context.parameter("key")) else {
                throw Rejection(.notFound, "not-found", "There is nothing here.")
            }
            return Response.seeOther(link.long)
        }
        addAPI(to: group.group("api/v1"))
    }

    private func addAPI(to group: RouterGroup<WebContext>) {
        group.get("messages") { request, context in
            let slice = try request.slice()
            let rows = try await app.showMessages.list(
                try MessageRoutes.filter(request),
                slice,
                for: try context.requirePrincipal()
            )
            return PageOf(rows.map(MessageAnswer.init), slice) { Cursor($0.createdAt, $0.id.uuid) }
        }
        group.get("messages/:id") { _, context in
            let id = MessageID(try context.uuid("id"))
            return MessageDetailAnswer(try await app.showMessages.one(id, for: try context.requirePrincipal()))
        }
        group.post("messages/:id/resend") { _, context in
            let id = MessageID(try context.uuid("id"))
            let who = try await decider(of: id, context)
            try await app.handleByHand.resend(id, by: who)
            return MessageDetailAnswer(try await app.showMessages.one(id, for: try context.requirePrincipal()))
        }
        group.post("messages/:id/settle") { request, context in
            let id = MessageID(try context.uuid("id"))
            let who = try await decider(of: id, context)
            let wish = try await request.decode(as: Settlement.self, context: context)
            try await app.handleByHand.settle(id, asSent: try Settlement.isSent(wish.outcome), by: who)
            return MessageDetailAnswer(try await app.showMessages.one(id, for: try context.requirePrincipal()))
        }
    }

    /// What somebody says became of a message.
    struct Settlement: Decodable {
        let outcome: String

        static func isSent(_ outcome: String) throws -> Bool {
            switch outcome {
            case "accepted": true
            case "failed": false
            default: throw Rejection.invalid("outcome", "outcome-unknown", "outcome is accepted or failed.")
            }
        }
    }

    /// Somebody who may decide about this message: by their role, and because they may see it.
    private func decider(of id: MessageID, _ context: WebContext) async throws -> StaffID {
        let who = try context.requireRole(oneOf: MessageRoutes.deciders)
        _ = try await app.showMessages.one(id, for: who)
        return StaffID(who.staffID)
    }

    private static func filter(_ request: Request) throws -> ShowMessages.Filter {
        var filter = ShowMessages.Filter()
        filter.uid = try request.query("uid", "uid-malformed", "uid is a UUID.") { UID($0) }
        filter.state = try request.query("state", "state-unknown", "There is no such state.") {
            MessageState(rawValue: $0)
        }
        filter.channel = try request.query("channel", "channel-unknown", "channel is sms, email or in-app.") {
            Channel(rawValue: $0)
        }
        filter.audience = try request.query("audience", "audience-malformed", "audience is a UUID.") {
            UUID(uuidString: $0)
        }
        filter.since = try request.query("since", "since-malformed", "since is an RFC 3339 instant.") {
            Contracts.Wire.date(from: $0)
        }
        return filter
    }

    // MARK: Pages

    private func list(_ request: Request, _ context: WebContext) async throws -> Response {
        let who = try context.requirePrincipal()
        let viewer = pages.viewer(context)
        let filter = try MessageRoutes.filter(request)
        let slice = try request.slice()
        let rows = try await app.showMessages.list(filter, slice, for: who)
        let counts = try await app.showMessages.counts(of: filter.audience, for: who)
        let page = PageOf(rows.map { MessageRowView($0, viewer) }, slice, cursor: \.cursor)
        return try pages.page(
            "messages",
            MessageListPage(page, filter, counts: counts, viewer),
            PageHead(title: viewer.text("messages.title"), section: .messages),
            for: context
        )
    }

    private func one(_ request: Request, _ context: WebContext) async throws -> Response {
        let who = try context.requirePrincipal()
        let viewer = pages.viewer(context)
        let detail = try await app.showMessages.one(MessageID(try context.uuid("id")), for: who)
        let view = MessagePage(
            detail,
            mayAct: who.isOne(of: MessageRoutes.deciders),
            isUnmasked: MessageRoutes.isResponsible(who, for: detail.row),
            viewer
        )
        let crumb = Crumb(viewer.text("messages.title"), "/notify/messages")
        return try pages.page(
            "message",
            view,
            PageHead(title: view.header.heading, section: .messages, crumbs: [crumb]),
            for: context
        )
    }

    /// Whoever is addressed or answers for the customer sees the whole address.
    private static func isResponsible(_ who: Principal, for row: MessageRow) -> Bool {
        let record = Belonging(owners: [row.message.staffID?.uuid, row.ownerID?.uuid])
        return Sight(who, of: .selling).isResponsible(for: record)
    }

    private func resend(_ request: Request, _ context: WebContext) async throws -> Response {
        let id = MessageID(try context.uuid("id"))
        try await app.handleByHand.resend(id, by: try await decider(of: id, context))
        return .seeOther("/notify/messages/\(id)", flash: Flash(.done, pages.viewer(context).text("messages.resent")))
    }

    private func settle(_ request: Request, _ context: WebContext) async throws -> Response {
        let id = MessageID(try context.uuid("id"))
        let who = try await decider(of: id, context)
        let isSent = try Settlement.isSent(try await request.form(context)["outcome"])
        try await app.handleByHand.settle(id, asSent: isSent, by: who)
        return .seeOther("/notify/messages/\(id)", flash: Flash(.done, pages.viewer(context).text("messages.settled")))
    }

    private func person(_ request: Request, _ context: WebContext) async throws -> Response {
        let who = try context.requirePrincipal()
        let uid = UID(try context.uuid("uid"))
        let rows = try await app.showMessages.list(ShowMessages.Filter(uid: uid), Slice(limit: 5), for: who)
        let view = PersonMessages(rows, of: uid, pages.viewer(context))
        return try pages.fragment("person-messages", view, for: context)
    }
}

/// The latest messages to one customer, for their page in Sales.
struct PersonMessages: Sendable {
    let timeline: [TimelineEntry]
    let isEmpty: Bool
    /// Where the others are.
    let more: String?

    init(_ rows: [MessageRow], of uid: UID, _ viewer: Viewer) {
        timeline = rows.prefix(5).map { row in
            let message = row.message
            let badge = MessageWords.badge(message.state, viewer)
            let channel = viewer.text("message-channel.\(message.channel.rawValue)")
            return TimelineEntry(
                at: viewer.time(message.createdAt),
                icon: "message",
                tone: badge.tone,
                MessageWords.template(message.template, viewer),
                text: "\(channel) · \(badge.text)",
                href: "/notify/messages/\(message.id)"
            )
        }
        isEmpty = rows.isEmpty
        more = rows.isEmpty ? nil : "/notify/messages?uid=\(uid)"
    }
}
