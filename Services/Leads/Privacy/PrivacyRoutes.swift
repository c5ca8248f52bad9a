import Contracts
import Failures
import Foundation
import HTTPTypes
import Hummingbird
import Messaging
import Web

/// What a person may ask of us: all that is held about them, and to be forgotten.
struct PrivacyRoutes: Sendable {
    let app: LeadsApp
    let pages: Pages

    static func mayExport(_ who: Principal) -> Bool { who.isOne(of: [.manager, .head]) }
    static func mayErase(_ who: Principal) -> Bool { who.isOne(of: [.head]) }

    func add(to group: RouterGroup<WebContext>) {
        group.get("persons/:uid/export") { _, context in try await export(context) }
        group.post("persons/:uid/erase") { request, context in try await erase(request, context) }
        group.get("api/v1/persons/:uid/export") { _, context in try await export(context) }
        group.post("api/v1/persons/:uid/erase") { request, context in try await eraseByProgram(request, context) }
    }

    private func export(_ context: WebContext) async throws -> Response {
        let who = try context.requireRole(oneOf: [.manager, .head])
        let uid = UID(try context.uuid("uid"))
        let dossier = try await app.spine.perform(who.cause(context)) { work in
            guard try await LeadQueryStore(work.tx).seesPerson(AliasStore(work.tx).survivor(of: uid), who.leadSight)
            else {
                throw Rejection.notFound("person", uid)
            }
            return try await app.exportPerson(uid, by: StaffID(who.staffID), work)
        }
        var answer = try Response.json(dossier)
        answer.headers[.contentDisposition] = "attachment; filename=\"person-\(dossier.uid).json\""
        return answer
    }

    private func erase(_ request: Request, _ context: WebContext) async throws -> Response {
        let who = try context.requireRole(oneOf: [.head])
        let uid = UID(try context.uuid("uid"))
        _ = try await request.form(context)
        try await app.spine.perform(who.cause(context)) { work in
            try await app.erasePerson(uid, reason: "request", work)
        }
        return .seeOther("/leads/leads", flash: Flash(.done, pages.viewer(context).text("persons.erased")))
    }

    private struct Wish: Codable {
        let reason: String
    }

    private struct Erased: Encodable {
        let uid: UID
    }

    private func eraseByProgram(_ request: Request, _ context: WebContext) async throws -> Response {
        try context.requireRole(oneOf: [.head])
        let uid = UID(try context.uuid("uid"))
        let deed = try Deed(request, context)
        let wish = try await request.decode(as: Wish.self, context: context)
        guard ["request", "retention"].contains(wish.reason) else {
            throw Rejection.invalid("reason", "unknown-reason", "reason is request or retention.")
        }
        return try await deed.once(app.spine, wish) { work in
            try await app.erasePerson(uid, reason: wish.reason, work)
            return Erased(uid: uid)
        }
    }
}
