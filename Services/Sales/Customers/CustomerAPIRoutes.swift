import Contracts
import Failures
import Foundation
import Hummingbird
import Messaging
import Web

/// Customers, their contacts and their timeline, for programs.
struct CustomerAPIRoutes: Sendable {
    let app: SalesApp
    let pages: Pages

    func add(to group: RouterGroup<WebContext>) {
        group.get("api/v1/customers", use: list)
        group.get("api/v1/customers/:uid", use: show)
        group.get("api/v1/customers/:uid/timeline", use: timeline)
        group.post("api/v1/customers/:uid/contacts", use: logContact)
    }

    @Sendable
    private func list(_ request: Request, _ context: WebContext) async throws -> PageOf<CustomerAnswer> {
        let access = try context.access()
        let slice = try request.slice()
        var query = try CustomerQuery(request)
        query.limit = slice.limit + 1
        if let place = try slice.after?.timeAndID() { query.after = (activeAt: place.time, uid: place.id) }
        let asked = query
        let customers = try await app.spine.read { tx in
            try await CustomerListStore(tx).list(asked, for: access, now: app.spine.clock.now)
        }
        let viewer = pages.viewer(context)
        let last = customers.prefix(slice.limit).last
        let hasMore = customers.count > slice.limit
        return PageOf(
            items: customers.prefix(slice.limit).map { CustomerAnswer($0, for: access, viewer) },
            nextCursor: hasMore ? last.map { Cursor($0.activeAt, $0.uid.uuid).encoded } : nil
        )
    }

    @Sendable
    private func show(_ request: Request, _ context: WebContext) async throws -> Response {
        let access = try context.access()
        let uid: UID = try context.id("uid")
        let customer = try await app.spine.read { try await CustomerStore($0).seen(uid, by: access) }
        return try Response.json(CustomerAnswer(customer, for: access, pages.viewer(context)))
    }

    @Sendable
    private func timeline(_ request: Request, _ context: WebContext) async throws -> Response {
        let uid: UID = try context.id("uid")
        let timeline = try await app.readTimeline(uid, by: try context.access())
        let words = TimelineWords(viewer: pages.viewer(context), names: timeline.names)
        return try Response.json(
            TimelineAnswer(uid: uid, entries: timeline.entries.map { TimelineAnswer.Entry($0.event, words) })
        )
    }

    @Sendable
    private func logContact(_ request: Request, _ context: WebContext) async throws -> Response {
        let uid: UID = try context.id("uid")
        return try await app.create(request, context, from: NewContact.self) { wish, access, work in
            let report = ContactReport(
                kind: wish.kind,
                isReached: wish.isReached ?? true,
                note: wish.note,
                nextAction: wish.nextAction,
                nextAt: wish.nextAt,
                contactedAt: wish.contactedAt
            )
            return ContactAnswer(try await app.logContact(report, with: uid, by: access, work))
        }
    }

    private struct NewContact: Decodable {
        let kind: String
        let isReached: Bool?
        let note: String?
        let nextAction: String?
        let nextAt: Date?
        let contactedAt: Date?
    }
}

/// A contact, for programs.
struct ContactAnswer: Encodable, Sendable {
    let id: ContactID
    let uid: UID
    let leadId: LeadID?
    let kind: String
    let isReached: Bool
    let note: String?
    let nextAction: String?
    let nextAt: Date?
    let contactedAt: Date

    init(_ contact: Contact) {
        id = contact.id
        uid = contact.uid
        leadId = contact.leadID
        kind = contact.kind.rawValue
        isReached = contact.isReached
        note = contact.note
        nextAction = contact.nextAction
        nextAt = contact.nextAt
        contactedAt = contact.contactedAt
    }
}

/// A timeline, for programs.
struct TimelineAnswer: Encodable, Sendable {
    struct Entry: Encodable, Sendable {
        let eventId: String
        let type: String
        let subject: String
        let time: Date
        let actor: String?
        let text: String
        let why: Contracts.Why?

        init(_ event: TimelineEvent, _ words: TimelineWords) {
            eventId = event.eventID
            type = event.name.text
            subject = event.subject
            time = event.occurredAt
            actor = event.actor
            text = words.text(event)
            why = event.why
        }
    }

    let uid: UID
    let entries: [Entry]
}

extension CustomerQuery {
    /// What a list's address asks for: `whose`, `grade`, `stage`, `overdue`, `q`.
    init(_ request: Request) throws {
        self.init()
        let asked = try request.query("whose", "unknown-whose", "whose is one of mine, team, all.") {
            Whose(rawValue: $0)
        }
        if let asked { whose = asked }
        stage = try request.query("stage", "unknown-stage", "There is no stage of that name.") {
            Customer.Stage(rawValue: $0)
        }
        grade = request.query("grade")
        isOverdue = ["1", "true"].contains(request.query("overdue") ?? "")
        search = request.query("q") ?? request.query("phone")
    }
}
