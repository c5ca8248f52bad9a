import Contracts
import Failures
import Foundation
import HTTPTypes
import Hummingbird
import Messaging
import Web

/// The hand-overs as the desk sees them.
struct HandoverPages: Sendable {
    let app: AfterSalesApp
    let pages: Pages

    func add(to group: RouterGroup<WebContext>) {
        group.get("handovers", use: list)
        group.get("handovers/:id", use: show)
        group.post("handovers/:id/complete", use: complete)
        group.post("handovers/:id/date", use: correct)
    }

    private func list(_ request: Request, _ context: WebContext) async throws -> Response {
        let viewer = pages.viewer(context)
        let reach = try Reach(context.requirePrincipal())
        let slice = try request.slice()
        let mark = try slice.after?.timeAndID()
        let isOpen = request.query("status") != "completed"
        let (lines, count) = try await app.spine.read { tx in
            let store = HandoverStore(tx)
            let after = mark.map { (at: $0.time, id: $0.id) }
            let lines =
                isOpen
                ? try await store.open(reach, after: after, limit: slice.limit + 1)
                : try await store.completed(reach, after: after, limit: slice.limit + 1)
            return (lines, try await store.openCount(reach))
        }
        let page = Array(lines.prefix(slice.limit))
        let view = HandoverListView(
            isOpen: isOpen,
            page,
            openCount: count,
            isFirstPage: mark == nil,
            next: lines.count > slice.limit ? page.last.map { Cursor($0.mark.at, $0.mark.id).encoded } : nil,
            viewer
        )
        let head = PageHead(title: viewer.text("handovers.title"), section: .cases)
        return try pages.page("handover-list", view, head, for: context)
    }

    private func show(_ request: Request, _ context: WebContext) async throws -> Response {
        try await page(HandoverID(try context.uuid("id")), context)
    }

    /// The page of a hand-over, with what was refused still in its form.
    private func page(
        _ id: HandoverID,
        refused: RefusedDate? = nil,
        status: HTTPResponse.Status = .ok,
        _ context: WebContext
    ) async throws -> Response {
        let viewer = pages.viewer(context)
        let reach = try Reach(context.requirePrincipal())
        let content = try await app.spine.read { tx in
            let line = try await HandoverStore(tx).line(id, reach)
            return HandoverContent(
                line: line,
                customer: try await CustomerStore(tx).customer(line.record.uid),
                care: try await CareStore(tx).plan(of: id),
                names: try await StaffStore(tx).names(of: [line.record.completedBy].compactMap { $0 })
            )
        }
        let head = PageHead(
            title: "\(viewer.project(content.line.record.project)) \(content.line.record.unitNumber)",
            section: .cases,
            crumbs: [Crumb(viewer.text("handovers.title"), "/service/handovers")]
        )
        let view = HandoverView(content, reach, refused: refused, viewer)
        return try pages.page("handover", view, head, status: status, for: context)
    }

    private func complete(_ request: Request, _ context: WebContext) async throws -> Response {
        try await change(request, context, done: "handover-done.complete") { id, form, viewer, deed in
            let at = try form.optional("completedAt").map { try viewer.moment($0, field: "completedAt") }
            let completion = HandoverCompletion(note: form.optional("note"), completedAt: at)
            _ = try await app.completeHandover(id, completion, by: deed.reach.staffID, deed.cause)
        }
    }

    private func correct(_ request: Request, _ context: WebContext) async throws -> Response {
        try await change(request, context, done: "handover-done.date") { id, form, viewer, deed in
            try deed.reach.requireLeading()
            let at = try viewer.moment(form["completedAt"], field: "completedAt")
            _ = try await app.correctHandover(id, to: at, deed.cause)
        }
    }

    private func change(
        _ request: Request,
        _ context: WebContext,
        done: String,
        _ act: (HandoverID, Form, Viewer, Deed) async throws -> Void
    ) async throws -> Response {
        let viewer = pages.viewer(context)
        let deed = try Deed(request, context)
        let id = HandoverID(try context.uuid("id"))
        let form = try await request.form(context)
        do {
            _ = try await app.spine.read { tx in try await HandoverStore(tx).line(id, deed.reach) }
            try await act(id, form, viewer, deed)
        } catch let rejection as Rejection where rejection.kind == .invalid {
            let refused = RefusedDate(
                note: form["note"],
                date: form["completedAt"],
                error: viewer.refusal(rejection)
            )
            return try await page(id, refused: refused, status: .unprocessableContent, context)
        } catch let rejection as Rejection where rejection.kind == .conflict {
            return .seeOther("/service/handovers/\(id)", flash: Flash(.refused, viewer.refusal(rejection)))
        }
        return .seeOther("/service/handovers/\(id)", flash: Flash(.done, viewer.text(done)))
    }
}
