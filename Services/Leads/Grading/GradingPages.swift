import Contracts
import Failures
import Foundation
import Hummingbird
import Messaging
import Web

/// The rules that give leads their grade, as a form for whoever may change them.
struct GradingPage: Sendable {
    struct Rule: Sendable {
        let label: String
        let order: Field
        let name: Field
        let grade: Field
        let tests: [Test]
        let sentence: String
    }

    struct Test: Sendable {
        let kind: Field
        let value: Field
    }

    struct Edition: Sendable {
        let version: String
        let by: String
        let at: TimeText
        let note: String
    }

    let header: PageHeader
    let intro: String
    let mayEdit: Bool
    let version: String
    let rules: [Rule]
    let note: Field
    let history: [Edition]
}

struct GradingPages: Sendable {
    static let readers: [Role] = [.manager, .head, .marketing]

    let app: LeadsApp
    let pages: Pages

    func add(to group: RouterGroup<WebContext>) {
        group.get("grading") { _, context in try await show(context) }
        group.post("grading") { request, context in try await change(request, context) }
        group.get("api/v1/grading") { _, context -> Response in
            try context.requireRole(oneOf: Self.readers)
            return try .json(GradingAnswer(try await app.spine.read { try await GradeStore($0).table() }))
        }
        group.post("api/v1/grading") { request, context -> Response in
            let who = try context.requirePrincipal()
            try context.requireRole(.admin)
            let wish = try await request.decode(as: GradeWish.self, context: context)
            let table = try await app.spine.perform(who.cause(context)) { try await app.changeGrades(wish, $0) }
            return try .json(GradingAnswer(table))
        }
    }

    private func show(_ context: WebContext) async throws -> Response {
        try context.requireRole(oneOf: Self.readers)
        let who = try context.requirePrincipal()
        let viewer = pages.viewer(context)
        let (table, history, names) = try await app.spine.read { tx in
            let store = GradeStore(tx)
            return (try await store.table(), try await store.history(limit: 20), try await StaffStore(tx).names())
        }
        let view = GradingPage(table, history, names, mayEdit: who.role == .admin, viewer)
        return try pages.page(
            "grading",
            view,
            .init(
                title: viewer.text("grading.title"),
                section: .leads,
                crumbs: [Crumb(viewer.text("leads.title"), "/leads/leads")]
            ),
            for: context
        )
    }

    private func change(_ request: Request, _ context: WebContext) async throws -> Response {
        try context.requireRole(.admin)
        let who = try context.requirePrincipal()
        let wish = try GradeWish(try await request.form(context))
        try await app.spine.perform(who.cause(context)) { work in try await app.changeGrades(wish, work) }
        return .seeOther("/leads/grading", flash: Flash(.done, pages.viewer(context).text("grading.changed")))
    }
}

/// The table as the API tells it.
struct GradingAnswer: Encodable, Sendable {
    let version: Int
    let rules: [GradeRule]

    init(_ table: GradeTable) {
        version = table.version
        rules = table.rules
    }
}

extension GradeWish {
    /// Tests that the form offers for each rule, and lines that it has at most.
    static let testsPerRule = 3
    static let rulesAtMost = 40

    /// What the form says: its lines in the order of their numbers, without those whose name is empty.
    init(_ form: Form) throws {
        var lines: [(order: Int, rule: GradeRule)] = []
        for index in 0..<(Self.rulesAtMost + 1) {
            guard let name = form.optional("name\(index)") else { continue }
            guard let order = Int(form["order\(index)"]) else {
                throw Rejection.invalid("order\(index)", "not-a-number", "The place of a rule is a whole number.")
            }
            guard let grade = Grade(rawValue: form["grade\(index)"]) else {
                throw Rejection.invalid("grade\(index)", "unknown-grade", "grade is A, B or C.")
            }
            let tests = (0..<Self.testsPerRule).compactMap { place -> GradeTest? in
                GradeTest.Kind(rawValue: form["kind\(index)-\(place)"]).map { kind in
                    GradeTest(kind, form["value\(index)-\(place)"])
                }
            }
            lines.append((order, GradeRule(name: name, grade: grade, tests: tests)))
        }
        self.init(
            version: Int(form["version"]) ?? 0,
            rules: lines.enumerated().sorted { ($0.element.order, $0.offset) < ($1.element.order, $1.offset) }
                .map(\.element.rule),
            note: form.optional("note")
        )
    }
}
