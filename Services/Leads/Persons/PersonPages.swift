import Contracts
import Failures
import Foundation
import Hummingbird
import Messaging
import Web

/// One person: what holds of them and why, who they were taken for, and how that is taken back.
struct PersonPage: Sendable {
    let header: PageHeader
    let notice: String?
    let facts: [Fact]
    let answers: AnswerPane?
    let consents: ConsentPane
    let leads: Table
    let referrals: ReferralPane
    let tags: TagsPane?
    let life: LifePane
    let reviews: Table?
    let merges: [MergeItem]
    let hasMerges: Bool
    let pins: PinPane?
    let aliases: [String]
    let profile: Form?
    let combine: Form?
    let exportHref: String?
    /// What the other services hold, for whoever may take it.
    let heldElsewhere: [Action]
    let erase: Form?

    struct Form: Sendable {
        let action: String
        let fields: [Field]
    }

    /// A merge in the history of a person.
    struct MergeItem: Sendable {
        let heading: String
        let at: TimeText
        let actor: String
        let why: Web.Why
        /// What the merged one had.
        let had: [Fact]
        let undone: String?
        /// Where it is taken back, for whoever may.
        let undo: String?
    }
}

struct PersonPages: Sendable {
    let app: LeadsApp
    let pages: Pages

    func add(to group: RouterGroup<WebContext>) {
        group.get("persons/:uid") { _, context in try await show(context) }
        group.post("persons/:uid/facts") { request, context in try await tell(request, context) }
        group.post("persons/:uid/consents") { request, context in try await allow(request, context) }
    }

    private func show(
        _ context: WebContext,
        refused: (form: Web.Form, rejection: Rejection)? = nil
    ) async throws -> Response {
        let who = try context.requirePrincipal()
        let named = UID(try context.uuid("uid"))
        let viewer = pages.viewer(context)
        let (view, had) = try await app.spine.read { tx in
            let view = try await PersonReadStore(tx).find(named, who.leadSight)
            var had: [MergeID: MergeSnapshot] = [:]
            for merge in view.merges.prefix(20) { had[merge.id] = try await MergeStore(tx).snapshot(merge.id) }
            return (view, had)
        }
        guard view.uid == named else { return .seeOther("/leads/persons/\(view.uid)") }
        let story = PersonStory(
            view: view,
            had: had,
            viewer: viewer,
            who: who,
            refused: refused,
            link: app.referralLink
        )
        return try pages.page(
            "person",
            story.page,
            .init(title: story.name, section: .leads, crumbs: [Crumb(viewer.text("leads.title"), "/leads/leads")]),
            status: refused == nil ? .ok : .unprocessableContent,
            for: context
        )
    }

    private func tell(_ request: Request, _ context: WebContext) async throws -> Response {
        let who = try context.requirePrincipal()
        let uid = UID(try context.uuid("uid"))
        let form = try await request.form(context)
        var values: [String: String] = [:]
        for name in ProfileField.allCases.map(\.rawValue) + ["document"] { values[name] = form.optional(name) }
        let told = values
        do {
            try await app.spine.perform(who.cause(context)) { work in
                try await app.tellOfPerson(uid, told, who.leadSight, work)
            }
        } catch let rejection as Rejection where rejection.kind == .invalid || rejection.kind == .conflict {
            return try await show(context, refused: (form, rejection))
        }
        return .seeOther("/leads/persons/\(uid)", flash: Flash(.done, pages.viewer(context).text("persons.saved")))
    }

    private func allow(_ request: Request, _ context: WebContext) async throws -> Response {
        let who = try context.requirePrincipal()
        let uid = UID(try context.uuid("uid"))
        let viewer = pages.viewer(context)
        let form = try await request.form(context)
        do {
            let heard = try HeardConsent(form, viewer.zone, now: viewer.now)
            try await app.spine.perform(who.cause(context)) { work in
                try await app.recordConsent(uid, heard, who.leadSight, work)
            }
        } catch let rejection as Rejection where rejection.kind == .invalid || rejection.kind == .conflict {
            return try await show(context, refused: (form, rejection))
        }
        return .seeOther("/leads/persons/\(uid)", flash: Flash(.done, viewer.text("persons.saved")))
    }
}
