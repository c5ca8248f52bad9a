import Contracts
import Failures
import Foundation
import Hummingbird
import Messaging
import NIOCore
import Postgres
import Web

/// The hand-overs as programs see them.
struct HandoverRoutes: Sendable {
    let app: AfterSalesApp

    func add(to group: RouterGroup<WebContext>) {
        group.get("api/v1/handovers", use: list)
        group.get("api/v1/handovers/:id", use: one)
        group.post("api/v1/handovers/:id/complete", use: complete)
        group.post("api/v1/handovers/:id/date", use: correct)
    }

    private func list(_ request: Request, _ context: WebContext) async throws -> PageOf<HandoverAnswer> {
        let reach = try Reach(context.requirePrincipal())
        let slice = try request.slice()
        let mark = try slice.after?.timeAndID()
        let isOpen = try request.isOpenWanted()
        let uid = try request.query("uid", "uid-malformed", "uid is a UUID.") { UID($0) }
        let (lines, names) = try await app.spine.read { tx in
            let store = HandoverStore(tx)
            let after = mark.map { (at: $0.time, id: $0.id) }
            let lines =
                if let uid {
                    try await store.of(uid, reach)
                } else if isOpen {
                    try await store.open(reach, after: after, limit: slice.limit + 1)
                } else {
                    try await store.completed(reach, after: after, limit: slice.limit + 1)
                }
            return (lines, try await StaffStore(tx).names(of: lines.compactMap(\.record.completedBy)))
        }
        let page = lines.prefix(slice.limit)
        let next = lines.count > slice.limit ? page.last.map { Cursor($0.mark.at, $0.mark.id).encoded } : nil
        return PageOf(items: page.map { HandoverAnswer($0, names: names) }, nextCursor: uid == nil ? next : nil)
    }

    private func one(_ request: Request, _ context: WebContext) async throws -> Response {
        let reach = try Reach(context.requirePrincipal())
        let id = HandoverID(try context.uuid("id"))
        return try .json(try await app.spine.read { tx in try await answer(id, tx, reach) })
    }

    private func complete(_ request: Request, _ context: WebContext) async throws -> Response {
        let deed = try Deed(request, context)
        let id = HandoverID(try context.uuid("id"))
        let completion = try await completion(request, context)
        let stored = try await app.spine.once(deed, "handovers/\(id)/complete", completion) { work in
            _ = try await app.completeHandover(id, completion, by: deed.reach.staffID, work)
            return try StoredAnswer(200, try await answer(id, work.tx, deed.reach))
        }
        return Response(stored)
    }

    /// An empty body says as much as `{}`: now, without a note.
    private func completion(_ request: Request, _ context: WebContext) async throws -> HandoverCompletion {
        let buffer = try await request.body.collect(upTo: context.maxUploadSize)
        guard buffer.readableBytes > 0 else { return HandoverCompletion() }
        return try decodeStrictly(HandoverCompletion.self, from: Array(buffer.readableBytesView))
    }

    private func correct(_ request: Request, _ context: WebContext) async throws -> Response {
        let deed = try Deed(request, context)
        try deed.reach.requireLeading()
        let id = HandoverID(try context.uuid("id"))
        let wish = try await request.decode(as: DateWish.self, context: context)
        let stored = try await app.spine.once(deed, "handovers/\(id)/date", wish) { work in
            _ = try await app.correctHandover(id, to: wish.completedAt, work)
            return try StoredAnswer(200, try await answer(id, work.tx, deed.reach))
        }
        return Response(stored)
    }

    private func answer(_ id: HandoverID, _ tx: Transaction, _ reach: Reach) async throws -> HandoverAnswer {
        let line = try await HandoverStore(tx).line(id, reach)
        let names = try await StaffStore(tx).names(of: [line.record.completedBy].compactMap { $0 })
        return HandoverAnswer(line, names: names, care: try await CareStore(tx).plan(of: id))
    }

    private struct DateWish: Codable, Sendable {
        let completedAt: Date
    }
}

extension Request {
    /// `status=open` (also when absent) or `status=completed`.
    fileprivate func isOpenWanted() throws -> Bool {
        switch query("status") ?? "open" {
        case "open": true
        case "completed": false
        default: throw Rejection.invalid("status", "status-unknown", "status is open or completed.")
        }
    }
}
