import Contracts
import Foundation
import Hummingbird
import Messaging
import Web

/// Opens leads again that were given up: the form of a lead's page and the API.
struct ReopenRoutes: Sendable {
    let app: LeadsApp
    let pages: Pages

    func add(to group: RouterGroup<WebContext>) {
        group.post("leads/:id/reopen") { request, context in try await reopen(request, context) }
        group.post("api/v1/leads/:id/reopen") { request, context in try await reopenByProgram(request, context) }
    }

    private func reopen(_ request: Request, _ context: WebContext) async throws -> Response {
        let who = try context.requirePrincipal()
        let id = LeadID(try context.uuid("id"))
        let form = try await request.form(context)
        try await app.spine.perform(who.cause(context)) { work in
            try await app.reopenLead(id, reason: form["reason"], note: form.optional("note"), who.leadSight, work)
        }
        return .seeOther(
            "/leads/leads/\(id)",
            flash: Flash(.done, pages.viewer(context).text("leads.reopened"))
        )
    }

    private struct Reopen: Decodable {
        let reason: String
        let note: String?
    }

    private func reopenByProgram(_ request: Request, _ context: WebContext) async throws -> Response {
        let who = try context.requirePrincipal()
        try who.leadSight.requireActing()
        let id = LeadID(try context.uuid("id"))
        let body = try await request.decode(as: Reopen.self, context: context)
        try await app.spine.perform(who.cause(context)) { work in
            try await app.reopenLead(id, reason: body.reason, note: body.note, who.leadSight, work)
        }
        return try await LeadRoutes(app: app, pages: pages).show(context)
    }
}
