import Contracts
import Foundation
import Hummingbird
import Messaging
import Web

/// Something that staff do with one lead: the form of its page asks for it, and programs do.
protocol LeadAct: Decodable, Sendable {
    /// What both addresses end in.
    static var path: String { get }
    /// The words for whoever sent the form.
    static var done: String { get }

    /// What a browser's form says.
    init(_ form: Web.Form, _ viewer: Viewer, _ app: LeadsApp) async throws

    func carryOut(on id: LeadID, _ app: LeadsApp, _ sight: Sight, _ work: Work) async throws
}

/// An act for which a reason is chosen.
protocol ReasonedLeadAct: LeadAct {
    init(reason: String, note: String?)
}

extension ReasonedLeadAct {
    init(_ form: Web.Form, _ viewer: Viewer, _ app: LeadsApp) {
        self.init(reason: form["reason"], note: form.optional("note"))
    }
}

/// The two ways into each act on a lead: the form of its page leads back to the page, a program gets the lead as it is then.
struct LeadActRoutes: Sendable {
    let app: LeadsApp
    let pages: Pages

    func add(to group: RouterGroup<WebContext>) {
        add(DiscardAct.self, to: group)
        add(ReopenAct.self, to: group)
        add(FollowUpAct.self, to: group)
        add(NeedAct.self, to: group)
    }

    private func add<Act: LeadAct>(_ act: Act.Type, to group: RouterGroup<WebContext>) {
        group.post("leads/:id/\(act.path)") { request, context in
            try await byForm(act, request, context)
        }
        group.post("api/v1/leads/:id/\(act.path)") { request, context in
            try await byProgram(act, request, context)
        }
    }

    private func byForm<Act: LeadAct>(_: Act.Type, _ request: Request, _ context: WebContext) async throws -> Response {
        let who = try context.requirePrincipal()
        let viewer = pages.viewer(context)
        let id = LeadID(try context.uuid("id"))
        let act = try await Act(try await request.form(context), viewer, app)
        try await app.spine.perform(who.cause(context)) { work in
            try await act.carryOut(on: id, app, who.leadSight, work)
        }
        return .seeOther("/leads/leads/\(id)", flash: Flash(.done, viewer.text(Act.done)))
    }

    private func byProgram<Act: LeadAct>(
        _: Act.Type,
        _ request: Request,
        _ context: WebContext
    ) async throws -> Response {
        let who = try context.requirePrincipal()
        try who.leadSight.requireActing()
        let id = LeadID(try context.uuid("id"))
        let act = try await request.decode(as: Act.self, context: context)
        try await app.spine.perform(who.cause(context)) { work in
            try await act.carryOut(on: id, app, who.leadSight, work)
        }
        return try await LeadRoutes(app: app, pages: pages).show(context)
    }
}
