import Contracts
import Failures
import Foundation
import Hummingbird
import Messaging
import Web

/// What is done with several leads at once, and the lists that people come back to: forms and API.
struct BulkRoutes: Sendable {
    let app: LeadsApp
    let pages: Pages

    func add(to group: RouterGroup<WebContext>) {
        group.post("leads/bulk") { request, context in try await change(request, context) }
        group.post("leads/bulk/:id/undo") { _, context in try await undo(context) }
        group.post("api/v1/leads/bulk") { request, context in try await changeByProgram(request, context) }
        group.post("api/v1/leads/bulk/:id/undo") { _, context in try await undoByProgram(context) }
        group.post("views") { request, context in try await save(request, context) }
        group.post("views/remove") { request, context in try await remove(request, context) }
    }

    private func change(_ request: Request, _ context: WebContext) async throws -> Response {
        let who = try context.requirePrincipal()
        let viewer = pages.viewer(context)
        let form = try await request.form(context)
        let act = try BulkAct(
            form["act"],
            agent: form.optional("agent"),
            pool: form.optional("pool"),
            reason: form.optional(form["act"] == "reopen" ? "again" : "reason")
        )
        let ids = form.all("lead").compactMap { LeadID($0) }
        let result = try await app.spine.perform(who.cause(context)) { work in
            try await app.changeLeads(ids, act, who.leadSight, work)
        }
        let flash = Flash(
            result.done.isEmpty ? .refused : .done,
            result.told(act, viewer),
            undo: result.done.isEmpty || !act.canBeUndone ? nil : "/leads/leads/bulk/\(result.id.wire)/undo"
        )
        return .seeOther(LeadListQuery(stored: form["back"]).href(), flash: flash)
    }

    private func undo(_ context: WebContext) async throws -> Response {
        let who = try context.requirePrincipal()
        let id = try context.uuid("id")
        try await app.spine.perform(who.cause(context)) { try await app.changeLeads.undo(id, $0) }
        return .seeOther("/leads/leads", flash: Flash(.done, pages.viewer(context).text("leads.bulk.undone")))
    }

    private struct Change: Decodable {
        let leads: [LeadID]
        let act: String
        let agent: String?
        let pool: String?
        let reason: String?
    }

    private struct Answer: Encodable {
        struct Refused: Encodable {
            let leadId: LeadID
            let code: String
        }

        let id: String
        let done: [LeadID]
        let refused: [Refused]
    }

    private func changeByProgram(_ request: Request, _ context: WebContext) async throws -> Response {
        let who = try context.requirePrincipal()
        let body = try await request.decode(as: Change.self, context: context)
        let act = try BulkAct(body.act, agent: body.agent, pool: body.pool, reason: body.reason)
        let result = try await app.spine.perform(who.cause(context)) { work in
            try await app.changeLeads(body.leads, act, who.leadSight, work)
        }
        let refused = result.refused.map { Answer.Refused(leadId: $0.lead, code: $0.code) }
        return try .json(Answer(id: result.id.wire, done: result.done, refused: refused))
    }

    private func undoByProgram(_ context: WebContext) async throws -> Response {
        let who = try context.requirePrincipal()
        let id = try context.uuid("id")
        try await app.spine.perform(who.cause(context)) { try await app.changeLeads.undo(id, $0) }
        return Response(status: .noContent)
    }

    private func save(_ request: Request, _ context: WebContext) async throws -> Response {
        let who = try context.requirePrincipal()
        let form = try await request.form(context)
        guard let name = form["name"].cleaned(atMost: 40) else {
            throw Rejection.invalid("name", "name-missing", "Give the view a name.")
        }
        let query = LeadListQuery(stored: form["back"])
        try await app.spine.perform(who.cause(context)) { work in
            let store = SavedViewStore(work.tx)
            try await store.save(SavedView(name: name, query: query.query), of: StaffID(who.staffID), now: work.now)
        }
        return .seeOther(query.href(), flash: Flash(.done, pages.viewer(context).text("leads.views.saved")))
    }

    private func remove(_ request: Request, _ context: WebContext) async throws -> Response {
        let who = try context.requirePrincipal()
        let form = try await request.form(context)
        try await app.spine.perform(who.cause(context)) { work in
            try await SavedViewStore(work.tx).remove(form["name"], of: StaffID(who.staffID))
        }
        return .seeOther("/leads/leads", flash: Flash(.done, pages.viewer(context).text("leads.views.removed")))
    }
}

extension BulkResult {
    /// What was done, and the first leads that it could not be done with, by name.
    func told(_ act: BulkAct, _ viewer: Viewer) -> String {
        let done = viewer.text("leads.bulk.done.\(act.name)", count: self.done.count)
        guard !refused.isEmpty else { return done }
        let named = refused.prefix(5).map { one in
            let why = viewer.text("leads.bulk.refused.\(one.code)")
            return "\(one.name ?? viewer.text("leads.nameless")) (\(why))"
        }
        let more = refused.count > 5 ? " …" : ""
        let not = viewer.text("leads.bulk.not", count: refused.count)
        return "\(self.done.isEmpty ? "" : done + " ")\(not) \(named.joined(separator: ", "))\(more)"
    }
}
