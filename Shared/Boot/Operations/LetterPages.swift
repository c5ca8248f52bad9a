import Contracts
import Failures
import Foundation
import HTTPTypes
import Hummingbird
import Messaging
import Web

/// The pages of dead letters, for administrators: bodies hold personal data.
struct LetterPages: Sendable {
    let service: String
    let pages: Pages
    let letters: DeadLetters

    func add(to group: RouterGroup<WebContext>) {
        group.get("letters") { try await list($0, $1) }
        group.post("letters/replay") { try await replayAll($0, $1) }
        group.post("letters/discard") { try await discardAll($0, $1) }
        group.get(":id") { try await show($0, $1) }
        group.post(":id/replay") { try await replay($0, $1) }
        group.post(":id/discard") { try await discard($0, $1) }
    }

    private func list(_ request: Request, _ context: WebContext) async throws -> Response {
        try context.requireRole(.admin)
        let viewer = pages.viewer(context)
        let view = LetterView(service: service, viewer: viewer)
        var query = LetterQuery(reason: request.query("reason"), wireName: request.query("name"))
        let status = request.query("status") ?? "waiting"
        query.status = ["replayed", "discarded"].contains(status) ? status : "waiting"
        let page =
            if query.reason == nil, query.status == "waiting" {
                view.groups(try await letters.groups())
            } else {
                view.list(
                    query,
                    try await letters.list(query.selection(), limit: 200),
                    count: try await letters.count(query.selection())
                )
            }
        return try pages.page("letters", page, head(viewer.text("operations.dead"), isList: true, viewer), for: context)
    }

    private func show(_ request: Request, _ context: WebContext) async throws -> Response {
        try context.requireRole(.admin)
        return try await letterPage(try context.uuid("id"), refused: nil, context)
    }

    private func letterPage(_ id: UUID, refused: RefusedEdit?, _ context: WebContext) async throws -> Response {
        let viewer = pages.viewer(context)
        let view = LetterView(service: service, viewer: viewer)
        let page = view.letter(
            try await letters.show(id),
            history: try await letters.history(of: id),
            refused: refused
        )
        return try pages.page(
            "dead-letter",
            page,
            head(viewer.text("operations.letter"), isList: false, viewer),
            status: refused == nil ? .ok : .unprocessableContent,
            for: context
        )
    }

    /// Hands one letter over, mended where the text was changed; a text that could not be handled comes back with the reason.
    private func replay(_ request: Request, _ context: WebContext) async throws -> Response {
        let who = try context.requireRole(.admin)
        let form = try await request.form(context)
        let id = try context.uuid("id")
        // Browsers send line ends as CR LF; a body that was not touched is handed over byte by byte.
        let text = form["body"].replacing("\r\n", with: "\n")
        let letter = try await letters.show(id)
        let isEdited = !text.isEmpty && text != MessageBody(letter.body).text
        do {
            try await letters.replay(id, editedBody: isEdited ? Array(text.utf8) : nil, by: "staff:\(who.staffID.wire)")
        } catch let refusal as Rejection where isEdited && refusal.kind == .invalid {
            return try await letterPage(id, refused: RefusedEdit(body: text, rejection: refusal), context)
        }
        return back(to: LetterQuery(), Flash(.done, pages.viewer(context).text("operations.replayed")))
    }

    private func discard(_ request: Request, _ context: WebContext) async throws -> Response {
        let who = try context.requireRole(.admin)
        let form = try await request.form(context)
        try await letters.discard(try context.uuid("id"), note: form["note"], by: "staff:\(who.staffID.wire)")
        return back(to: LetterQuery(), Flash(.done, pages.viewer(context).text("operations.discarded")))
    }

    private func replayAll(_ request: Request, _ context: WebContext) async throws -> Response {
        let who = try context.requireRole(.admin)
        let query = try group(try await request.form(context))
        let viewer = pages.viewer(context)
        let outcome = try await letters.replay(query.selection, by: "staff:\(who.staffID.wire)")
        var said = viewer.text("operations.replayed-all", count: outcome.settled)
        if let refusal = outcome.refusal {
            said += " " + viewer.text("operations.refused-all", count: outcome.refused, ["why": refusal.message])
        }
        return back(to: query.query, Flash(outcome.refusal == nil ? .done : .refused, said))
    }

    private func discardAll(_ request: Request, _ context: WebContext) async throws -> Response {
        let who = try context.requireRole(.admin)
        let form = try await request.form(context)
        let query = try group(form)
        let outcome = try await letters.discard(query.selection, note: form["note"], by: "staff:\(who.staffID.wire)")
        let said = pages.viewer(context).text("operations.discarded-all", count: outcome.settled)
        return back(to: query.query, Flash(.done, said))
    }

    /// The group of a form: what somebody saw when they decided, and nothing that came later.
    private func group(_ form: Form) throws -> (query: LetterQuery, selection: DeadLetterSelection) {
        guard let reason = form.optional("reason"), let until = Wire.date(from: form["until"]) else {
            throw Rejection.invalid("reason", "group-required", "Say which dead letters are meant.")
        }
        let query = LetterQuery(reason: reason, wireName: form["name"])
        return (query, query.selection(until: until))
    }

    private func head(_ title: String, isList: Bool, _ viewer: Viewer) -> PageHead {
        let operations = Crumb(viewer.text("nav.operations"), "/\(service)/operations")
        let list = Crumb(viewer.text("operations.dead"), "/\(service)/operations/letters")
        return PageHead(title: title, section: .operations, crumbs: isList ? [operations] : [operations, list])
    }

    private func back(to query: LetterQuery, _ flash: Flash) -> Response {
        let tail = query.encoded
        return .seeOther("/\(service)/operations/letters" + (tail.isEmpty ? "" : "?\(tail)"), flash: flash)
    }
}

extension Viewer {
    /// Why something that was typed cannot be taken, with the field at fault.
    func sentence(of rejection: Rejection) -> String {
        guard let field = rejection.field, !field.isEmpty else { return rejection.message }
        return "\(field): \(rejection.message)"
    }
}
