import Contracts
import Foundation
import Hummingbird
import Messaging
import Web

/// Corrects what the person of a lead wants: the form of a lead's page and the API.
struct NeedRoutes: Sendable {
    let app: LeadsApp
    let pages: Pages

    func add(to group: RouterGroup<WebContext>) {
        group.post("leads/:id/need") { request, context in try await change(request, context) }
        group.post("api/v1/leads/:id/need") { request, context in try await changeByProgram(request, context) }
    }

    private func change(_ request: Request, _ context: WebContext) async throws -> Response {
        let who = try context.requirePrincipal()
        let viewer = pages.viewer(context)
        let id = LeadID(try context.uuid("id"))
        let form = try await request.form(context)
        let projects = try await app.spine.read { try await SavedViewStore($0).places().projects }
        let change = try NeedChange(form, projects: projects, viewer)
        try await app.spine.perform(who.cause(context)) { work in
            try await app.changeNeed(id, change, who.leadSight, work)
        }
        return .seeOther("/leads/leads/\(id)", flash: Flash(.done, viewer.text("leads.need.saved")))
    }

    /// The whole need, as it is to be.
    private func changeByProgram(_ request: Request, _ context: WebContext) async throws -> Response {
        let who = try context.requirePrincipal()
        try who.leadSight.requireActing()
        let id = LeadID(try context.uuid("id"))
        let wanted = try await request.decode(as: Need.self, context: context)
        try await app.spine.perform(who.cause(context)) { work in
            try await app.changeNeed(id, NeedChange(wanted: wanted), who.leadSight, work)
        }
        return try await LeadRoutes(app: app, pages: pages).show(context)
    }
}
