import Contracts
import Failures
import Foundation
import Hummingbird
import Messaging
import Web

/// All segments, each with how many people belong to it now.
struct SegmentListPage: Sendable {
    let header: PageHeader
    let table: Table
}

/// One segment: what it asks, how many people answer, and who.
struct SegmentPage: Sendable {
    struct Line: Sendable {
        let kind: Field
        let values: Field
        let not: Field
    }

    /// A sequence that takes its people from it.
    struct Use: Sendable {
        let name: String
        /// Missing for whoever may not open it.
        let href: String?
    }

    let header: PageHeader
    let action: String
    let count: String
    let counted: String?
    let version: String?
    let name: Field
    let lines: [Line]
    /// The form's fields by which its people are counted while it is filled in.
    let counting: String
    let members: Table
    let remove: String?
    /// The sequences that take their people from it: as long as there are any, it stays.
    var uses: [Use] = []
    var isUsed = false
    /// For whoever may take its people into a sequence, where there is one.
    let enrol: NurturePane.Form?
}

/// How many people a form that is being filled in would find.
struct SegmentCountFragment: Sendable {
    let text: String
}

struct SegmentPages: Sendable {
    static let roles: [Role] = [.manager, .head, .marketing]

    let app: LeadsApp
    let pages: Pages

    func add(to group: RouterGroup<WebContext>) {
        group.get("segments") { _, context in try await list(context) }
        group.get("segments/:id") { request, context in try await show(request, context) }
        group.post("segments/:id") { request, context in try await save(request, context) }
        group.get("fragments/segment-count") { request, context in try await countTyped(request, context) }
        group.post("segments/:id/count") { request, context in try await count(request, context) }
        group.post("segments/:id/remove") { _, context in try await remove(context) }
    }

    private func list(_ context: WebContext) async throws -> Response {
        let who = try context.requireRole(oneOf: Self.roles)
        let viewer = pages.viewer(context)
        let counted = try await app.spine.read { tx in
            let all = try await SegmentStore(tx).all()
            let counts = try await KeptCountStore(tx).segments(all, who.leadSight, now: viewer.now)
            return all.compactMap { segment in counts[segment.id].map { (segment, $0) } }
        }
        let view = SegmentListPage(
            header: PageHeader(
                viewer.text("segments.title"),
                sub: viewer.text("segments.hint"),
                actions: [
                    Action(viewer.text("audiences.title"), "/leads/audiences"),
                    Action(viewer.text("segments.new"), "/leads/segments/\(SegmentID.new())", isPrimary: true),
                ]
            ),
            table: Table(
                viewer.text("segments.title"),
                ["name", "people", "asks", "changed"].map { Table.Column(viewer.text("segments.column.\($0)")) },
                counted.map { segment, count in
                    Table.Row(
                        id: segment.id.description,
                        href: "/leads/segments/\(segment.id)",
                        [
                            .text(segment.name),
                            .text(viewer.people(count.people), sub: viewer.counted(count.countedAt)),
                            .text(segment.tests.map { $0.shown(viewer) }.joined(separator: viewer.text("grading.and"))),
                            .time(viewer.time(segment.changedAt)),
                        ]
                    )
                },
                empty: Empty(viewer.text("segments.empty.heading"), viewer.text("segments.empty.text"))
            )
        )
        return try pages.page("segments", view, head(viewer.text("segments.title"), viewer), for: context)
    }

    private func head(_ title: String, _ viewer: Viewer) -> PageHead {
        .init(title: title, section: .leads, crumbs: [Crumb(viewer.text("segments.title"), "/leads/segments")])
    }

    private func show(_ request: Request, _ context: WebContext) async throws -> Response {
        let id = SegmentID(try context.uuid("id"))
        let segment = try await app.spine.read { try await SegmentStore($0).find(id) }
        // What is saved may have been counted; what is only asked is counted now.
        let wish = SegmentWish(name: segment?.name ?? "", tests: segment?.tests ?? [], version: segment?.version)
        return try await page(id, wish, segment, after: request.query("after").flatMap { UID($0) }, context)
    }

    private func count(_ request: Request, _ context: WebContext) async throws -> Response {
        let wish = SegmentWish(try await request.form(context))
        if let objection = SegmentTest.objection(to: wish.tests) { throw objection }
        return try await page(SegmentID(try context.uuid("id")), wish, nil, after: nil, context)
    }

    /// How many people answer what is in the form now; nothing is said of what is not finished yet.
    private func countTyped(_ request: Request, _ context: WebContext) async throws -> Response {
        let who = try context.requireRole(oneOf: Self.roles)
        let viewer = pages.viewer(context)
        let tests = SegmentWish.tests { request.query($0) ?? "" }
        guard !tests.isEmpty, SegmentTest.objection(to: tests) == nil else {
            return try pages.fragment("segment-count", SegmentCountFragment(text: ""), for: context)
        }
        let people = try await app.spine.read { tx in
            try await SegmentStore(tx).count(tests, who.leadSight, now: viewer.now)
        }
        let text = viewer.text("segments.would-be", ["people": viewer.people(people)])
        return try pages.fragment("segment-count", SegmentCountFragment(text: text), for: context)
    }

    private func save(_ request: Request, _ context: WebContext) async throws -> Response {
        let who = try context.requireRole(oneOf: Self.roles)
        let id = SegmentID(try context.uuid("id"))
        let wish = SegmentWish(try await request.form(context))
        try await app.spine.perform(who.cause(context)) { _ = try await app.saveSegment(id, wish, $0) }
        return .seeOther("/leads/segments/\(id)", flash: Flash(.done, pages.viewer(context).text("segments.saved")))
    }

    private func remove(_ context: WebContext) async throws -> Response {
        let who = try context.requireRole(oneOf: Self.roles)
        let id = SegmentID(try context.uuid("id"))
        try await app.spine.perform(who.cause(context)) { try await app.removeSegment(id, $0) }
        return .seeOther("/leads/segments", flash: Flash(.done, pages.viewer(context).text("segments.removed")))
    }

    private func page(
        _ id: SegmentID,
        _ wish: SegmentWish,
        _ saved: Segment?,
        after: UID?,
        _ context: WebContext
    ) async throws -> Response {
        let who = try context.requireRole(oneOf: Self.roles)
        let viewer = pages.viewer(context)
        let sight = who.leadSight
        let mayEnrol = who.isOne(of: NurturePages.roles) && wish.version != nil
        let sequences = wish.version == nil ? [] : try await app.spine.read { try await NurtureStore($0).sequences() }
        let (count, members) = try await app.spine.read { tx -> (KeptCount?, [SegmentMember]) in
            guard !wish.tests.isEmpty else { return (nil, []) }
            let store = SegmentStore(tx)
            let kept = try await KeptCountStore(tx).segments(saved.map { [$0] } ?? [], sight, now: viewer.now)
            let live = { KeptCount(people: try await store.count(wish.tests, sight, now: viewer.now)) }
            let count = if let count = kept.values.first { count } else { try await live() }
            return (
                count,
                try await store.members(wish.tests, sight, after: after, limit: 51, now: viewer.now)
            )
        }
        var view = SegmentPage(id, wish, count, members, isFirst: after == nil, mayEnrol ? sequences : [], viewer)
        view.uses = sequences.filter { $0.plan.segmentID == id }.map { $0.link(for: who) }
        view.isUsed = !view.uses.isEmpty
        return try pages.page("segment", view, head(view.header.heading, viewer), for: context)
    }
}

extension NurtureSequence {
    fileprivate func link(for who: Principal) -> SegmentPage.Use {
        .init(name: plan.name, href: who.isOne(of: NurturePages.roles) ? "/leads/nurture/\(id)" : nil)
    }
}

extension SegmentWish {
    /// What the form says: the lines in which something is chosen.
    init(_ form: Form) {
        let tests = SegmentWish.tests { form[$0] }
        self.init(name: form["name"], tests: tests, version: form.optional("version").flatMap { Int($0) })
    }

    /// The lines of a form, by the names of its fields.
    fileprivate static func tests(_ entered: (String) -> String) -> [SegmentTest] {
        (0..<SegmentTest.testsAtMost).compactMap { index in
            let field = entered("field\(index)").trimmed
            guard !field.isEmpty else { return nil }
            let values = entered("values\(index)").split(separator: ",").map { String($0).trimmed }
            return SegmentTest(field, values.filter { !$0.isEmpty }, isNot: entered("not\(index)") == "yes")
        }
    }
}
