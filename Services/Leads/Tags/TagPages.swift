import Contracts
import Failures
import Foundation
import Hummingbird
import Messaging
import Web

/// How many people have tags, by key.
struct TagCoveragePage: Sendable {
    struct Row: Sendable {
        let key: String
        let people: String
        let share: String
    }

    let header: PageHeader
    let stats: [Stat]
    let rows: [Row]
}

struct TagPages: Sendable {
    let app: LeadsApp
    let pages: Pages

    func add(to group: RouterGroup<WebContext>) {
        group.get("tags") { _, context in try await coverage(context) }
        group.post("leads/:id/tags") { request, context in try await change(request, context) }
        group.get("api/v1/leads/:id/tags") { _, context in try await list(context) }
        group.post("api/v1/leads/:id/tags") { request, context in try await answer(request, context) }
    }

    private func coverage(_ context: WebContext) async throws -> Response {
        try context.requireRole(oneOf: GradingPages.readers)
        let viewer = pages.viewer(context)
        let counts = try await app.spine.read { tx in
            let store = TagCoverageStore(tx)
            if let kept = try await store.kept() { return kept }
            return try await store.count(at: viewer.now)
        }
        func share(_ count: Int) -> String {
            Score.percent(Double(count) / Double(max(counts.people, 1)))
        }
        let hint = viewer.text("tags.hint", ["when": viewer.instant(counts.countedAt)])
        let view = TagCoveragePage(
            header: PageHeader(viewer.text("tags.title"), sub: hint),
            stats: [
                Stat(viewer.text("tags.people"), viewer.number(counts.people)),
                Stat(viewer.text("tags.tagged"), viewer.number(counts.tagged), note: share(counts.tagged)),
            ],
            rows: counts.byKey.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { key, people in
                TagCoveragePage.Row(
                    key: viewer.word("tag", key),
                    people: viewer.number(people),
                    share: share(people)
                )
            }
        )
        return try pages.page(
            "tags",
            view,
            .init(
                title: viewer.text("tags.title"),
                section: .settings,
                crumbs: [Crumb(viewer.text("settings.title"), "/leads/settings")]
            ),
            for: context
        )
    }

    private func change(_ request: Request, _ context: WebContext) async throws -> Response {
        let who = try context.requirePrincipal()
        let id = LeadID(try context.uuid("id"))
        let form = try await request.form(context)
        let wish = TagWish(key: form["key"], value: form["value"], verdict: form["verdict"])
        try await perform(wish, on: id, who, context)
        let person = request.query("person").flatMap { UID($0) }
        return .seeOther(
            person.map { "/leads/persons/\($0)" } ?? "/leads/leads/\(id)",
            flash: Flash(.done, pages.viewer(context).text("tags.changed"))
        )
    }

    private func answer(_ request: Request, _ context: WebContext) async throws -> Response {
        let who = try context.requirePrincipal()
        let id = LeadID(try context.uuid("id"))
        let wish = try await request.decode(as: TagWish.self, context: context)
        try await perform(wish, on: id, who, context)
        return try await list(context)
    }

    private func list(_ context: WebContext) async throws -> Response {
        let who = try context.requirePrincipal()
        let id = LeadID(try context.uuid("id"))
        let tags = try await app.spine.read { tx in
            guard let view = try await LeadQueryStore(tx).find(id, who.leadSight) else {
                throw Rejection.notFound("lead", id)
            }
            return try await TagStore(tx).of([view.lead.uid])[view.lead.uid]?.once ?? []
        }
        return try .json(PageItems(items: tags.map { TagAnswer($0) }))
    }

    private func perform(_ wish: TagWish, on id: LeadID, _ who: Principal, _ context: WebContext) async throws {
        try await app.spine.perform(who.cause(context)) { work in
            switch wish.verdict {
            case "add": try await app.judgeTag.add(id, key: wish.key, value: wish.value, who.leadSight, work)
            case "confirm", "reject":
                let isRight = wish.verdict == "confirm"
                try await app.judgeTag(id, key: wish.key, value: wish.value, isRight: isRight, who.leadSight, work)
            default:
                throw Rejection.invalid("verdict", "unknown-verdict", "verdict is add, confirm or reject.")
            }
        }
    }
}

/// What somebody says of a tag; saying it twice changes nothing more.
struct TagWish: Decodable, Sendable {
    let key: String
    let value: String
    /// `add`, `confirm` or `reject`.
    let verdict: String
}

struct TagAnswer: Encodable, Sendable {
    let key: String
    let value: String
    let source: String
    let confidence: Int
    let standing: String
    /// Whether it holds.
    let isWinner: Bool
    let notedAt: Date
    let validUntil: Date?

    init(_ tag: Tag) {
        key = tag.key
        value = tag.value
        source = tag.source.rawValue
        confidence = tag.confidence
        standing = tag.standing.rawValue
        isWinner = tag.isWinner
        notedAt = tag.notedAt
        validUntil = tag.validUntil
    }
}

/// A list that has no further pages.
struct PageItems<Item: Encodable & Sendable>: Encodable, Sendable {
    let items: [Item]
}
