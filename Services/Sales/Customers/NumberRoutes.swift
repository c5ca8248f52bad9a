import Contracts
import Foundation
import Hummingbird
import Messaging
import Web

/// Having the numbers of a customer shown, and who has had so.
struct NumberRoutes: Sendable {
    let app: SalesApp
    let pages: Pages

    func add(to group: RouterGroup<WebContext>) {
        group.post("api/v1/customers/:uid/numbers", use: show)
        group.get("api/v1/customers/:uid/numbers", use: list)
        group.post("customers/:uid/numbers", use: post)
    }

    private struct Wish: Decodable {
        let reason: String?
    }

    /// The whole card; for whoever is responsible without a reason, and without an entry.
    @Sendable
    private func show(_ request: Request, _ context: WebContext) async throws -> Response {
        let access = try context.access()
        let uid: UID = try context.id("uid")
        let wish = try await request.json(Wish.self, context).input
        let customer = try await app.spine.perform(try context.cause()) { work in
            try await app.showNumbers(of: uid, because: wish.reason, by: access, work)
        }
        var response = try Response.json(NumbersAnswer(customer))
        response.headers[.cacheControl] = "no-store"
        return response
    }

    /// Who had them shown, when and why, the latest first.
    @Sendable
    private func list(_ request: Request, _ context: WebContext) async throws -> PageOf<ShownAnswer> {
        let access = try context.access()
        try context.requireRole(.manager, .head)
        let uid: UID = try context.id("uid")
        let slice = try request.slice()
        let after = try slice.after?.timeAndID()
        let shown = try await app.spine.read { tx in
            _ = try await CustomerStore(tx).seen(uid, by: access)
            return try await TimelineStore(tx).unmaskings(of: uid, after: after, limit: slice.limit + 1)
        }
        let names = try await app.spine.read { try await StaffStore($0).names(Set(shown.map(\.staffID))) }
        return PageOf(shown.map { ShownAnswer($0, names) }, slice) { Cursor($0.at, $0.eventId) }
    }

    /// The page again, once with everything on it.
    @Sendable
    private func post(_ request: Request, _ context: WebContext) async throws -> Response {
        let access = try context.access()
        let viewer = pages.viewer(context)
        let uid: UID = try context.id("uid")
        let reason = try await request.form(context).optional("reason")
        return try await viewer.answering("/sales/customers/\(uid)") {
            _ = try await app.spine.perform(try context.cause()) { work in
                try await app.showNumbers(of: uid, because: reason, by: access, work)
            }
            let routes = CustomerRoutes(app: app, pages: pages)
            var response = try await routes.show(context, isShown: true)
            response.headers[.cacheControl] = "no-store"
            return response
        }
    }
}

/// How a customer is reached, in full.
struct NumbersAnswer: Encodable, Sendable {
    let uid: UID
    let phones: [String]
    let emails: [String]
    let wechat: String?

    init(_ customer: Customer) {
        uid = customer.uid
        phones = customer.card.phones
        emails = customer.card.emails
        wechat = customer.card.wechat
    }
}

/// One time that numbers were shown.
struct ShownAnswer: Encodable, Sendable {
    let eventId: UUID
    let at: Date
    let staffId: StaffID
    let staffName: String?
    let reason: String

    init(_ shown: TimelineStore.Unmasking, _ names: [StaffID: String]) {
        eventId = shown.eventID
        at = shown.at
        staffId = shown.staffID
        staffName = names[shown.staffID]
        reason = shown.reason
    }
}
