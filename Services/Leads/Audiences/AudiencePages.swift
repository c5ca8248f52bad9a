import Contracts
import Failures
import Foundation
import Hummingbird
import Messaging
import Postgres
import Web

/// All messages to many, newest first.
struct AudienceListPage: Sendable {
    let header: PageHeader
    let table: Table
}

/// What is about to be sent to whom, to be confirmed.
struct AudienceOrderPage: Sendable {
    let header: PageHeader
    let stats: [Stat]
    let action: String
    /// Of the order: the form sent twice is one order.
    let id: String
    let template: Field
    let button: String
    let isPossible: Bool
}

/// How far a message to many has come.
struct AudiencePage: Sendable {
    let header: PageHeader
    let stats: [Stat]
    let facts: [Fact]
    /// Stops it or lets it go on; nil once everybody is handed over.
    let steer: Action?
    let results: Action
}

struct AudiencePages: Sendable {
    static let roles: [Role] = [.head, .marketing]

    let app: LeadsApp
    let pages: Pages

    func add(to group: RouterGroup<WebContext>) {
        group.get("audiences") { _, context in try await list(context) }
        group.get("audiences/:id") { _, context in try await show(context) }
        group.post("audiences/:id/pause") { _, context in try await steer(context, isPaused: true) }
        group.post("audiences/:id/resume") { _, context in try await steer(context, isPaused: false) }
        group.get("segments/:id/send") { _, context in try await order(context) }
        group.post("segments/:id/send") { request, context in try await send(request, context) }
        group.get("api/v1/audiences/:id") { _, context in try await answer(AudienceID(try context.uuid("id")), context)
        }
        group.post("api/v1/audiences/:id") { request, context in try await post(request, context) }
    }

    private func list(_ context: WebContext) async throws -> Response {
        try context.requireRole(oneOf: Self.roles)
        let viewer = pages.viewer(context)
        let all = try await app.spine.read { try await AudienceStore($0).newest(limit: 100) }
        let view = AudienceListPage(all, viewer)
        return try pages.page("audiences", view, head(viewer.text("audiences.title"), viewer), for: context)
    }

    private func head(_ title: String, _ viewer: Viewer) -> PageHead {
        .init(title: title, section: .leads, crumbs: [Crumb(viewer.text("segments.title"), "/leads/segments")])
    }

    private func show(_ context: WebContext) async throws -> Response {
        try context.requireRole(oneOf: Self.roles)
        let id = AudienceID(try context.uuid("id"))
        let viewer = pages.viewer(context)
        let (audience, staff) = try await app.spine.read { tx in
            guard let audience = try await AudienceStore(tx).find(id) else { throw Rejection.notFound("audience", id) }
            return (audience, try await StaffStore(tx).names())
        }
        let view = AudiencePage(audience, staff, viewer)
        return try pages.page("audience", view, head(view.header.heading, viewer), for: context)
    }

    private func order(_ context: WebContext) async throws -> Response {
        try context.requireRole(oneOf: Self.roles)
        let id = SegmentID(try context.uuid("id"))
        let viewer = pages.viewer(context)
        let (segment, count, reachable) = try await app.spine.read { tx in
            guard let segment = try await SegmentStore(tx).find(id) else { throw Rejection.notFound("segment", id) }
            return (
                segment, try await SegmentStore(tx).count(segment.tests, now: viewer.now),
                try await AudienceStore(tx).reachable(segment.tests, now: viewer.now)
            )
        }
        let view = AudienceOrderPage(segment, count: count, reachable: reachable, viewer)
        return try pages.page("audience-order", view, head(view.header.heading, viewer), for: context)
    }

    private func send(_ request: Request, _ context: WebContext) async throws -> Response {
        let who = try context.requireRole(oneOf: Self.roles)
        let segment = SegmentID(try context.uuid("id"))
        let form = try await request.form(context)
        guard let id = AudienceID(form["audience"]) else {
            throw Rejection.invalid("audience", "malformed", "audience is a UUID.")
        }
        try await app.spine.perform(who.cause(context)) {
            try await app.sendToSegment(id, segment, template: form["template"], $0)
        }
        return .seeOther("/leads/audiences/\(id)", flash: Flash(.done, pages.viewer(context).text("audiences.begun")))
    }

    private func steer(_ context: WebContext, isPaused: Bool) async throws -> Response {
        let who = try context.requireRole(oneOf: Self.roles)
        let id = AudienceID(try context.uuid("id"))
        try await app.spine.perform(who.cause(context)) {
            try await app.sendToSegment.steer(id, isPaused: isPaused, $0)
        }
        let word = isPaused ? "audiences.stopped" : "audiences.goes-on"
        return .seeOther("/leads/audiences/\(id)", flash: Flash(.done, pages.viewer(context).text(word)))
    }

    // MARK: API

    /// The id is the caller's, so that the same request again makes no second one.
    private func post(_ request: Request, _ context: WebContext) async throws -> Response {
        let who = try context.requireRole(oneOf: Self.roles)
        let id = AudienceID(try context.uuid("id"))
        let wish = try await request.decode(as: AudienceWish.self, context: context)
        try await app.spine.perform(who.cause(context)) {
            try await app.sendToSegment(id, wish.segmentId, template: wish.template, $0)
        }
        return try await answer(id, context)
    }

    private func answer(_ id: AudienceID, _ context: WebContext) async throws -> Response {
        try context.requireRole(oneOf: Self.roles)
        let found = try await app.spine.read { try await AudienceStore($0).find(id) }
        guard let found else { throw Rejection.notFound("audience", id) }
        return try .json(AudienceAnswer(found))
    }
}

/// Whom to send what.
struct AudienceWish: Decodable, Sendable {
    let segmentId: SegmentID
    let template: String
}

struct AudienceAnswer: Encodable, Sendable {
    let id: AudienceID
    let segmentId: SegmentID
    let template: String
    let state: String
    let pieces: Int
    let people: Int

    init(_ audience: Audience) {
        id = audience.id
        segmentId = audience.segmentID
        template = audience.template
        state = audience.state.rawValue
        pieces = audience.pieces
        people = audience.people
    }
}
