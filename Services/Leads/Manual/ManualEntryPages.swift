import Contracts
import Failures
import Foundation
import Hummingbird
import Messaging
import Web

/// A lead that is entered by hand.
struct ManualEntryPage: Sendable {
    let header: PageHeader
    let key: String
    let person: [Field]
    let need: [Field]
    let source: [Field]
    let fault: String?
    let known: KnownFragment
}

/// Who has this number already: what the script shows while one types, and the page itself on the way back.
struct KnownFragment: Sendable {
    let persons: [Person]
    /// Who may be the same: called so, and has asked for the same project.
    let namesakes: [Person]
    let hasNamesakes: Bool
    /// The persons that whoever enters the lead has seen: with it the form says that they meant it.
    let seen: String
    let isKnown: Bool

    struct Person: Sendable {
        let heading: String
        let text: String
        let href: String?
    }
}

struct ManualEntryPages: Sendable {
    static let writers: [Role] = [.agent, .manager, .head, .marketing]

    let app: LeadsApp
    let pages: Pages

    func add(to group: RouterGroup<WebContext>) {
        group.get("new") { _, context in try await show(context) }
        group.post("new") { request, context in try await enter(request, context) }
        group.post("fragments/known") { request, context in try await lookUp(request, context) }
    }

    private func show(_ context: WebContext) async throws -> Response {
        try context.requireRole(oneOf: ManualEntryPages.writers)
        let viewer = pages.viewer(context)
        let fields = ManualFields(viewer, try await channels(), entry: nil, fault: nil)
        return try page(fields, key: UUID.v7().wire, known: .init([], [], [], viewer), context)
    }

    private func lookUp(_ request: Request, _ context: WebContext) async throws -> Response {
        let who = try context.requireRole(oneOf: ManualEntryPages.writers)
        let viewer = pages.viewer(context)
        let typed = ManualEntry(try await request.form(context))
        return try pages.fragment("known", try await known(typed, who, viewer), for: context)
    }

    private func enter(_ request: Request, _ context: WebContext) async throws -> Response {
        let who = try context.requireRole(oneOf: ManualEntryPages.writers)
        let viewer = pages.viewer(context)
        let form = try await request.form(context)
        let entry = ManualEntry(form)
        let channels = try await channels()
        guard channels.contains(where: { $0.channel.name == entry.channel }) else {
            throw Rejection.invalid("channel", "unknown-channel", "There is no such channel.")
        }
        let known = try await known(entry, who, viewer)
        // Whoever has not seen yet that we know the person is shown it first.
        guard known.seen == form["known"] else {
            let fields = ManualFields(viewer, channels, entry: entry, fault: nil)
            return try page(fields, key: form["key"], known: known, context)
        }
        let row = try await file(entry, key: form["key"], by: who, context)
        if let code = row.reason {
            let fault = Rejection(.invalid, code, row.detail ?? code, field: row.field)
            let fields = ManualFields(viewer, channels, entry: entry, fault: fault)
            return try page(fields, key: form["key"], known: known, context)
        }
        let seen = try await app.spine.read { tx in
            try await LeadQueryStore(tx).seen(of: [row.leadID].compactMap(\.self), who.leadSight)
        }
        let words = row.outcome == "accepted" ? "manual.added" : "manual.joined"
        let place = row.leadID.flatMap { seen.contains($0) ? "/leads/leads/\($0)" : nil }
        return .seeOther(place ?? "/leads/leads", flash: Flash(.done, viewer.text(words)))
    }

    /// Through the same pipeline and into the same ledger as what channels send; the same form sent twice is one lead.
    private func file(
        _ entry: ManualEntry,
        key: String,
        by who: Principal,
        _ context: WebContext
    ) async throws -> LedgerView {
        let body = Array(try Wire.json(of: entry.submission).utf8)
        let submission = ReceivedSubmission(
            transport: .http,
            routedChannel: entry.channel,
            messageID: key.isEmpty ? nil : "form:\(who.staffID.wire):\(key)",
            contentType: "application/json",
            body: body,
            digest: Digest.of(body),
            traceparent: Cause.currentTraceparent,
            actor: who.cause(context).actor
        )
        let id = try await app.spine.perform(who.cause(context)) { work in
            try await app.acceptSubmissions([submission], work)[0]
        }
        let row = try await app.spine.read { tx in try await LedgerQueryStore(tx).find(id) }
        guard let row else { throw Rejection.notFound("submission", id.wire) }
        return row
    }

    private func known(_ entry: ManualEntry, _ who: Principal, _ viewer: Viewer) async throws -> KnownFragment {
        // What is not enough for an enquiry yet may be the name and project of somebody.
        let identifiers = (try? EnquiryReader.read(entry.submission, now: viewer.now))?.identifiers ?? []
        let name = entry.name?.cleaned(atMost: 100)
        let projects = [entry.project?.cleaned(atMost: 100)].compactMap(\.self)
        return try await app.spine.read { tx in
            let store = KnownPersonStore(tx)
            let persons = try await store.find(identifiers)
            let known = Set(persons.map(\.uid))
            let called = if let name { try await store.namesakes(name, projects) } else { [KnownPerson]() }
            let namesakes = called.filter { !known.contains($0.uid) }
            let leads = (persons + namesakes).compactMap(\.leadID)
            let seen = try await LeadQueryStore(tx).seen(of: leads, who.leadSight)
            return KnownFragment(persons, namesakes, seen, viewer)
        }
    }

    private func channels() async throws -> [ChannelRecord] {
        try await app.channels(pages.viewer(.english)).filter(\.channel.isActive)
    }

    private func page(
        _ fields: ManualFields,
        key: String,
        known: KnownFragment,
        _ context: WebContext
    ) throws -> Response {
        let viewer = pages.viewer(context)
        let view = ManualEntryPage(
            header: PageHeader(viewer.text("manual.title"), sub: viewer.text("manual.hint")),
            key: key,
            person: fields.person,
            need: fields.need,
            source: fields.source,
            fault: fields.fault,
            known: known
        )
        return try pages.page(
            "manual-entry",
            view,
            .init(
                title: viewer.text("manual.title"),
                section: .leads,
                crumbs: [Crumb(viewer.text("leads.title"), "/leads/leads")]
            ),
            status: fields.isFaulty ? .unprocessableContent : .ok,
            for: context
        )
    }
}

extension KnownFragment {
    /// Of people whose lead is somebody else's only the beginning of their name is told, and who looks after them.
    init(_ found: [KnownPerson], _ called: [KnownPerson], _ seen: Set<LeadID>, _ viewer: Viewer) {
        func shown(_ person: KnownPerson) -> Person {
            let isSeen = person.leadID.map { seen.contains($0) } ?? false
            let name = person.name ?? viewer.text("leads.nameless")
            let parts = [
                person.status.map { viewer.text("leads.status.\($0.rawValue)") }, person.ownerName,
                person.lastTouchAt.map { viewer.relative($0) },
            ]
            return Person(
                heading: isSeen ? name : String(name.prefix(1)) + "＊",
                text: parts.compactMap { $0 }.joined(separator: " · "),
                href: isSeen ? person.leadID.map { "/leads/leads/\($0)" } : nil
            )
        }
        persons = found.map(shown)
        namesakes = called.map(shown)
        self.seen = (found + called).map(\.uid.description).sorted().joined(separator: " ")
        isKnown = !found.isEmpty
        hasNamesakes = !called.isEmpty
    }
}
