import Contracts
import Failures
import Foundation
import Hummingbird
import Messaging
import Web

/// Says when somebody is to be called next: the form of a lead's page and the API.
struct FollowUpRoutes: Sendable {
    let app: LeadsApp
    let pages: Pages

    func add(to group: RouterGroup<WebContext>) {
        group.post("leads/:id/next-action") { request, context in try await change(request, context) }
        group.post("api/v1/leads/:id/next-action") { request, context in try await changeByProgram(request, context) }
    }

    private func change(_ request: Request, _ context: WebContext) async throws -> Response {
        let who = try context.requirePrincipal()
        let viewer = pages.viewer(context)
        let id = LeadID(try context.uuid("id"))
        let form = try await request.form(context)
        let due = try viewer.moment(form["nextAt"], field: "nextAt")
        try await app.spine.perform(who.cause(context)) { work in
            try await app.setFollowUp(id, at: due, note: form.optional("nextNote"), who.leadSight, work)
        }
        return .seeOther("/leads/leads/\(id)", flash: Flash(.done, viewer.text("leads.next.saved")))
    }

    private struct Change: Decodable {
        let at: Date
        let note: String?
    }

    private func changeByProgram(_ request: Request, _ context: WebContext) async throws -> Response {
        let who = try context.requirePrincipal()
        try who.leadSight.requireActing()
        let id = LeadID(try context.uuid("id"))
        let body = try await request.decode(as: Change.self, context: context)
        try await app.spine.perform(who.cause(context)) { work in
            try await app.setFollowUp(id, at: body.at, note: body.note, who.leadSight, work)
        }
        return try await LeadRoutes(app: app, pages: pages).show(context)
    }
}
