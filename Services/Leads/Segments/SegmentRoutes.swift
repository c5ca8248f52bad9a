import Contracts
import Failures
import Foundation
import Hummingbird
import Messaging
import Web

/// The API of segments.
struct SegmentRoutes: Sendable {
    let app: LeadsApp

    func add(to group: RouterGroup<WebContext>) {
        group.get("api/v1/segments") { _, context in try await list(context) }
        group.get("api/v1/segments/:id") { _, context in try await show(SegmentID(try context.uuid("id")), context) }
        group.post("api/v1/segments/:id") { request, context in try await save(request, context) }
    }

    private func list(_ context: WebContext) async throws -> Response {
        try context.requireRole(oneOf: SegmentPages.roles)
        let all = try await app.spine.read { try await SegmentStore($0).all() }
        return try .json(PageItems(items: all.map { SegmentAnswer($0, count: nil) }))
    }

    private func show(_ id: SegmentID, _ context: WebContext) async throws -> Response {
        let who = try context.requireRole(oneOf: SegmentPages.roles)
        let now = app.spine.clock.now
        let answer = try await app.spine.read { tx in
            guard let segment = try await SegmentStore(tx).find(id) else { throw Rejection.notFound("segment", id) }
            let count = try await SegmentStore(tx).count(segment.tests, who.leadSight, now: now)
            return SegmentAnswer(segment, count: count)
        }
        return try .json(answer)
    }

    /// The id is the caller's, so that the same request again makes no second one: its version does not hold any more.
    private func save(_ request: Request, _ context: WebContext) async throws -> Response {
        let who = try context.requireRole(oneOf: SegmentPages.roles)
        let id = SegmentID(try context.uuid("id"))
        let wish = try await request.decode(as: SegmentWish.self, context: context)
        try await app.spine.perform(who.cause(context)) { _ = try await app.saveSegment(id, wish, $0) }
        return try await show(id, context)
    }
}

struct SegmentAnswer: Encodable, Sendable {
    let id: SegmentID
    let name: String
    let version: Int
    let tests: [SegmentTest]
    /// Up to 10,000 and one more.
    let count: Int?

    init(_ segment: Segment, count: Int?) {
        id = segment.id
        name = segment.name
        version = segment.version
        tests = segment.tests
        self.count = count
    }
}
