import Contracts
import Failures
import Foundation
import Hummingbird
import Messaging
import Web

/// All sequences, each with how far its people are.
struct NurtureListPage: Sendable {
    let header: PageHeader
    let table: Table
}

/// One sequence: where its people are, and what it sends.
struct NurturePage: Sendable {
    struct Line: Sendable {
        let day: Field
        let tag: Field
        let template: Field
    }

    /// A reason for which people are taken in.
    struct Taking: Sendable {
        let value: String
        let label: String
        let isTicked: Bool
    }

    let header: PageHeader
    let stats: [Stat]
    let steps: Table
    let exits: Table?
    let peopleHeading: String
    let people: Table
    /// How many people of the segment would be taken in.
    let newcomers: String?
    let action: String
    let version: String?
    let name: Field
    let segment: Field
    let takes: [Taking]
    let reply: Field
    let active: Field
    let lines: [Line]
    let history: Table?
}

struct NurturePages: Sendable {
    static let roles: [Role] = [.head, .marketing]

    let app: LeadsApp
    let pages: Pages

    func add(to group: RouterGroup<WebContext>) {
        group.get("nurture") { _, context in try await list(context) }
        group.get("nurture/:id") { request, context in try await show(request, context) }
        group.post("nurture/:id") { request, context in try await save(request, context) }
        group.post("segments/:id/nurture") { request, context in try await enrolSegment(request, context) }
        group.post("leads/:id/nurture") { request, context in try await enrol(request, context) }
    }

    private func list(_ context: WebContext) async throws -> Response {
        try context.requireRole(oneOf: Self.roles)
        let viewer = pages.viewer(context)
        let (all, totals) = try await app.spine.read { tx in
            (try await NurtureStore(tx).sequences(), try await NurtureProgressStore(tx).totals())
        }
        let view = NurtureListPage(all, totals, viewer)
        return try pages.page("nurture", view, head(viewer.text("nurture.title"), viewer), for: context)
    }

    private func head(_ title: String, _ viewer: Viewer) -> PageHead {
        .init(title: title, section: .leads, crumbs: [Crumb(viewer.text("nurture.title"), "/leads/nurture")])
    }

    private func show(_ request: Request, _ context: WebContext) async throws -> Response {
        try context.requireRole(oneOf: Self.roles)
        let id = SequenceID(try context.uuid("id"))
        let viewer = pages.viewer(context)
        let query = NurtureQuery(request)
        let story = try await app.spine.read { try await NurtureStory(id, query, now: viewer.now, $0) }
        return try pages.page(
            "nurture-sequence",
            story.page(viewer),
            head(story.sequence?.plan.name ?? viewer.text("nurture.new"), viewer),
            for: context
        )
    }

    private func save(_ request: Request, _ context: WebContext) async throws -> Response {
        let who = try context.requireRole(oneOf: Self.roles)
        let id = SequenceID(try context.uuid("id"))
        let wish = try SequenceWish(try await request.form(context))
        try await app.spine.perform(who.cause(context)) { _ = try await app.saveSequence(id, wish, $0) }
        return .seeOther("/leads/nurture/\(id)", flash: Flash(.done, pages.viewer(context).text("nurture.saved")))
    }

    private func enrolSegment(_ request: Request, _ context: WebContext) async throws -> Response {
        let who = try context.requireRole(oneOf: Self.roles)
        let segment = SegmentID(try context.uuid("id"))
        let sequence = try Self.sequence(try await request.form(context))
        try await app.spine.perform(who.cause(context)) { try await app.enrolPeople(segment, in: sequence, $0) }
        let text = pages.viewer(context).text("nurture.enrolling")
        return .seeOther("/leads/nurture/\(sequence)", flash: Flash(.done, text))
    }

    private func enrol(_ request: Request, _ context: WebContext) async throws -> Response {
        let who = try context.requirePrincipal()
        let id = LeadID(try context.uuid("id"))
        let sequence = try Self.sequence(try await request.form(context))
        try await app.spine.perform(who.cause(context)) {
            try await app.enrolPeople(id, in: sequence, who.leadSight, $0)
        }
        return .seeOther("/leads/leads/\(id)", flash: Flash(.done, pages.viewer(context).text("nurture.enrolled")))
    }

    private static func sequence(_ form: Form) throws -> SequenceID {
        guard let sequence = SequenceID(form["sequence"]) else {
            throw Rejection.invalid("sequence", "no-such-sequence", "Choose a sequence.")
        }
        return sequence
    }
}

/// Which of a sequence's people its page lists.
struct NurtureQuery: Sendable {
    var state: Enrolment.State?
    var step: Int?
    var reason: String?
    /// Those who go by an older version.
    var isEarlier = false
    var after: EnrolmentID?

    init(_ request: Request) {
        state = request.query("state").flatMap(Enrolment.State.init(rawValue:))
        step = request.query("step").flatMap { Int($0) }.flatMap {
            (0...NurturePlan.linesAtMost).contains($0) ? $0 : nil
        }
        reason = request.query("reason")
        isEarlier = request.query("earlier") != nil
        after = request.query("after").flatMap { EnrolmentID($0) }
    }

    func filter(version: Int) -> EnrolmentFilter {
        var filter = EnrolmentFilter(state: state, step: step, reason: reason, after: after)
        if step != nil { filter.versions = .only(version) }
        if isEarlier { filter.versions = .before(version) }
        return filter
    }

    /// As a link says it, without where the page begins.
    var parts: [String] {
        [
            state.map { "state=\($0.rawValue)" }, step.map { "step=\($0)" }, reason.map { "reason=\($0)" },
            isEarlier ? "earlier=yes" : nil,
        ].compactMap(\.self)
    }
}

extension SequenceWish {
    /// What the form says: the lines that have a day.
    init(_ form: Form) throws {
        var lines: [NurtureLine] = []
        for index in 0..<NurturePlan.linesAtMost {
            guard let text = form.optional("day\(index)") else { continue }
            guard let day = Int(text) else {
                throw Rejection.invalid("lines/\(index)/day", "not-a-number", "day is a whole number.")
            }
            lines.append(NurtureLine(day: day, tag: form.optional("tag\(index)"), template: form["template\(index)"]))
        }
        self.init(
            name: form["name"],
            segmentId: form.optional("segment").flatMap { SegmentID($0) },
            takes: form.all("takes"),
            onReply: form.optional("reply"),
            lines: lines,
            isActive: form["active"] == "yes",
            version: form.optional("version").flatMap { Int($0) }
        )
    }
}
