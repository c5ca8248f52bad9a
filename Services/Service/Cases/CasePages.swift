import Contracts
import Failures
import Foundation
import HTTPTypes
import Hummingbird
import Messaging
import Web

/// The cases as the desk sees them.
struct CasePages: Sendable {
    let app: AfterSalesApp
    let pages: Pages
    let feed: LiveFeed

    func add(to group: RouterGroup<WebContext>) {
        group.get("cases", use: list)
        group.get("fragments/cases") { request, context in
            try pages.fragment("case-table", try await listView(request, context), for: context)
        }
        group.get("live") { _, context in
            feed.response(topics: ["cases"], for: Sight(try context.requirePrincipal(), of: .caring))
        }
        group.get("cases/:id", use: show)
        group.post("cases/:id/replies", use: reply)
        group.post("cases/:id/close", use: close)
        group.post("cases/:id/owner", use: give)
    }

    private func list(_ request: Request, _ context: WebContext) async throws -> Response {
        let head = PageHead(title: pages.viewer(context).text("cases.title"), section: .cases)
        return try pages.page("case-list", try await listView(request, context), head, for: context)
    }

    private func listView(_ request: Request, _ context: WebContext) async throws -> CaseListView {
        let viewer = pages.viewer(context)
        let reach = try Reach(context.requirePrincipal())
        let slice = try request.slice()
        let mark = try slice.after.map { try CaseMark($0) }
        var filter = CaseFilter()
        filter.show = request.query("show").flatMap { CaseFilter.Show(rawValue: $0) } ?? .open
        filter.kind = request.query("kind").flatMap { Case.Kind(rawValue: $0) }
        let asked = filter
        let content = try await app.spine.read { tx in
            let store = CaseListStore(tx, reach)
            let lines = try await store.lines(asked, after: mark, limit: slice.limit + 1, now: viewer.now)
            let page = Array(lines.prefix(slice.limit))
            return CaseListContent(
                filter: asked,
                lines: page,
                names: try await StaffStore(tx).names(of: page.compactMap(\.record.ownerID)),
                counts: try await store.counts(kind: asked.kind, now: viewer.now),
                isFirstPage: mark == nil,
                next: lines.count > slice.limit ? page.last?.mark(in: asked.show).cursor.encoded : nil
            )
        }
        return CaseListView(content, mayAct: reach.mayAct, source: request.uri.query, viewer)
    }

    private func show(_ request: Request, _ context: WebContext) async throws -> Response {
        try await page(CaseID(try context.uuid("id")), context)
    }

    /// The page of a case, with what was refused still in its form.
    private func page(
        _ id: CaseID,
        refused: RefusedInput? = nil,
        status: HTTPResponse.Status = .ok,
        _ context: WebContext
    ) async throws -> Response {
        let viewer = pages.viewer(context)
        let reach = try Reach(context.requirePrincipal())
        let content = try await app.spine.read { tx in
            let line = try await CaseListStore(tx, reach).line(id)
            let entries = try await CaseStore(tx).entries(of: id)
            let staff = StaffStore(tx)
            return CaseContent(
                line: line,
                customer: try await CustomerStore(tx).customer(line.record.uid),
                entries: entries,
                names: try await staff.names(of: line.people(entries)),
                desk: reach.mayLead ? try await staff.active(roles: ["service", "supervisor", "head"]) : []
            )
        }
        let head = PageHead(
            title: content.line.record.number,
            section: .cases,
            crumbs: [Crumb(viewer.text("cases.title"), "/service/cases")]
        )
        let view = CaseView(content, reach, refused: refused, viewer)
        return try pages.page("case", view, head, status: status, for: context)
    }

    private func reply(_ request: Request, _ context: WebContext) async throws -> Response {
        try await change(request, context, field: "text", form: "replies") { id, text, deed in
            _ = try await app.replyToCase(id, text, by: deed.reach.staffID, deed.cause)
        }
    }

    private func close(_ request: Request, _ context: WebContext) async throws -> Response {
        try await change(request, context, field: "result", form: "close") { id, text, deed in
            _ = try await app.closeCase(id, result: text, by: deed.reach.staffID, deed.cause)
        }
    }

    private func give(_ request: Request, _ context: WebContext) async throws -> Response {
        try await change(request, context, field: "staff", form: "owner") { id, text, deed in
            try deed.reach.requireLeading()
            guard let staff = StaffID(text) else {
                throw Rejection.invalid("staffId", "not-on-the-desk", "Choose somebody of the service desk.")
            }
            _ = try await app.giveCase(id, to: staff, by: deed.reach.staffID, deed.cause)
        }
    }

    /// Does what a form of one field asks for; what is wrong with it is said beside the field, and nothing typed is lost.
    private func change(
        _ request: Request,
        _ context: WebContext,
        field: String,
        form name: String,
        _ act: (CaseID, String, Deed) async throws -> Void
    ) async throws -> Response {
        let viewer = pages.viewer(context)
        let deed = try Deed(request, context)
        let id = CaseID(try context.uuid("id"))
        let typed = try await request.form(context)[field]
        do {
            _ = try await app.spine.read { tx in try await CaseListStore(tx, deed.reach).line(id) }
            try await act(id, typed, deed)
        } catch let rejection as Rejection where rejection.kind == .invalid || rejection.kind == .conflict {
            let words = viewer.refusal(rejection)
            let isClosed = rejection.kind == .conflict
            return isClosed
                ? .seeOther("/service/cases/\(id)", flash: Flash(.refused, words))
                : try await page(
                    id,
                    refused: RefusedInput(form: name, value: typed, error: words),
                    status: .unprocessableContent,
                    context
                )
        }
        return .seeOther("/service/cases/\(id)", flash: Flash(.done, viewer.text("case-done.\(name)")))
    }
}
