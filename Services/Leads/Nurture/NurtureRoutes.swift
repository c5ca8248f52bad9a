import Contracts
import Failures
import Foundation
import Hummingbird
import Messaging
import Web

/// The API of sequences.
struct NurtureRoutes: Sendable {
    let app: LeadsApp

    func add(to group: RouterGroup<WebContext>) {
        group.get("api/v1/nurture") { _, context in try await list(context) }
        group.get("api/v1/nurture/:id") { _, context in try await show(SequenceID(try context.uuid("id")), context) }
        group.post("api/v1/nurture/:id") { request, context in try await save(request, context) }
        group.post("api/v1/nurture/:id/people") { request, context in try await enrol(request, context) }
    }

    private func list(_ context: WebContext) async throws -> Response {
        try context.requireRole(oneOf: NurturePages.roles)
        let (all, totals) = try await app.spine.read { tx in
            (try await NurtureStore(tx).sequences(), try await NurtureProgressStore(tx).totals())
        }
        return try .json(PageItems(items: all.map { SequenceAnswer($0, totals[$0.id] ?? [:]) }))
    }

    private func show(_ id: SequenceID, _ context: WebContext) async throws -> Response {
        try context.requireRole(oneOf: NurturePages.roles)
        let answer = try await app.spine.read { tx in
            guard let sequence = try await NurtureStore(tx).sequence(id) else {
                throw Rejection.notFound("sequence", id)
            }
            return SequenceAnswer(sequence, try await NurtureProgressStore(tx).totals()[id] ?? [:])
        }
        return try .json(answer)
    }

    /// The id is the caller's, so that the same request again makes no second one: its version does not hold any more.
    private func save(_ request: Request, _ context: WebContext) async throws -> Response {
        let who = try context.requireRole(oneOf: NurturePages.roles)
        let id = SequenceID(try context.uuid("id"))
        let wish = try await request.decode(as: SequenceWish.self, context: context)
        try await app.spine.perform(who.cause(context)) { _ = try await app.saveSequence(id, wish, $0) }
        return try await show(id, context)
    }

    /// The same request again takes in nobody twice.
    private func enrol(_ request: Request, _ context: WebContext) async throws -> Response {
        let who = try context.requireRole(oneOf: NurturePages.roles)
        let id = SequenceID(try context.uuid("id"))
        let wish = try await request.decode(as: EnrolWish.self, context: context)
        try await app.spine.perform(who.cause(context)) { try await app.enrolPeople(wish.segmentId, in: id, $0) }
        return Response(status: .accepted)
    }
}

/// Whose people are to be taken in.
struct EnrolWish: Decodable, Sendable {
    let segmentId: SegmentID
}

/// A sequence as the API tells it.
struct SequenceAnswer: Encodable, Sendable {
    let id: SequenceID
    let name: String
    let version: Int
    let isActive: Bool
    let segmentId: SegmentID?
    let takes: [String]
    let onReply: String
    let lines: [NurtureLine]
    /// How many people are `active`, `paused`, `finished`, `exited`, and how many steps were `sent`.
    let progress: [String: Int]

    init(_ sequence: NurtureSequence, _ progress: [String: Int]) {
        id = sequence.id
        name = sequence.plan.name
        version = sequence.version
        isActive = sequence.plan.isActive
        segmentId = sequence.plan.segmentID
        takes = sequence.plan.takes
        onReply = sequence.plan.reply.rawValue
        lines = sequence.plan.lines
        self.progress = progress
    }
}
