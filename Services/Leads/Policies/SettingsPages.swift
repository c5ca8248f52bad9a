import Contracts
import Failures
import Foundation
import Hummingbird
import Messaging
import Web

/// Every number that decisions go by, and who has changed which.
struct SettingsPage: Sendable {
    let header: PageHeader
    let places: [FilterLink]
    let policies: [Summary]
    let history: Table

    /// One policy: its numbers, and where they are changed.
    struct Summary: Sendable {
        let name: String
        let version: String
        let facts: [Fact]
        let href: String
    }
}

/// One policy: its numbers, to be changed by whoever may, and its history.
struct PolicyPage: Sendable {
    let header: PageHeader
    let about: String
    let facts: [Fact]
    let form: Form?
    let history: Table

    struct Form: Sendable {
        let action: String
        let version: String
        let fields: [Field]
        let note: Field
        let error: String?
    }
}

struct SettingsPages: Sendable {
    /// Everybody in management may look.
    static let readers: [Role] = [.manager, .head, .marketing]
    /// Administrators only.
    static let writers: [Role] = []

    let app: LeadsApp
    let pages: Pages

    func add(to group: RouterGroup<WebContext>) {
        group.get("settings") { _, context in try await list(context) }
        group.get("settings/:name") { _, context in try await show(context) }
        group.post("settings/:name") { request, context in try await change(request, context) }
    }

    private func list(_ context: WebContext) async throws -> Response {
        let who = try context.requireRole(oneOf: Self.readers)
        let viewer = pages.viewer(context)
        let (present, changes, names) = try await app.spine.read { tx in
            let store = PolicyStore(tx)
            return (try await store.all(), try await store.history(limit: 30), try await StaffStore(tx).names())
        }
        let words = PolicyWords(viewer: viewer, names: names)
        let view = SettingsPage(
            header: PageHeader(viewer.text("settings.title"), sub: viewer.text("settings.hint")),
            places: SettingsPlace.all(for: who).map { FilterLink(viewer.text($0.label), $0.href) },
            policies: Policies.all.map { words.summary($0, present.current($0)) },
            history: words.table(changes)
        )
        return try pages.page(
            "settings",
            view,
            .init(title: viewer.text("settings.title"), section: .settings),
            for: context
        )
    }

    private func show(
        _ context: WebContext,
        refused: (form: Web.Form, rejection: Rejection)? = nil
    ) async throws -> Response {
        let who = try context.requireRole(oneOf: Self.readers)
        let viewer = pages.viewer(context)
        let policy = try Policies.named(try context.parameters.require("name"))
        let (present, changes, names) = try await app.spine.read { tx in
            let store = PolicyStore(tx)
            return (
                try await store.all().current(policy), try await store.history(of: policy.name, limit: 100),
                try await StaffStore(tx).names()
            )
        }
        let words = PolicyWords(viewer: viewer, names: names)
        let view = PolicyPage(
            header: PageHeader(words.title(policy.name), sub: words.version(present.version)),
            about: viewer.text("policy.\(policy.name).about"),
            facts: who.isOne(of: Self.writers) ? [] : words.facts(policy, present.value),
            form: who.isOne(of: Self.writers) ? words.form(policy, present, refused: refused) : nil,
            history: words.table(changes)
        )
        return try pages.page(
            "policy",
            view,
            .init(
                title: words.title(policy.name),
                section: .settings,
                crumbs: [Crumb(viewer.text("settings.title"), "/leads/settings")]
            ),
            status: refused == nil ? .ok : .unprocessableContent,
            for: context
        )
    }

    private func change(_ request: Request, _ context: WebContext) async throws -> Response {
        let who = try context.requireRole(oneOf: Self.writers)
        let policy = try Policies.named(try context.parameters.require("name"))
        let form = try await request.form(context)
        do {
            let wish = try PolicyWish(form, of: policy)
            try await app.spine.perform(who.cause(context)) { work in
                try await app.changePolicy(policy.name, wish, work)
            }
        } catch let rejection as Rejection where rejection.kind == .invalid || rejection.kind == .conflict {
            return try await show(context, refused: (form, rejection))
        }
        return .seeOther(
            "/leads/settings/\(policy.name)",
            flash: Flash(.done, pages.viewer(context).text("settings.changed"))
        )
    }
}

extension PolicyWish {
    /// What a browser's form says.
    init(_ form: Web.Form, of policy: PolicyDescription) throws {
        version = Int(form["version"]) ?? 0
        values = [:]
        for field in policy.fields {
            guard let text = form.optional(field.name) else { continue }
            guard let number = Double(text), number.isFinite else {
                throw Rejection.invalid("values/\(field.name)", "not-a-number", field.bounds)
            }
            values[field.name] = number
        }
        note = form.optional("note")
    }
}

/// A page of settings besides the numbers, for the top of the settings page.
struct SettingsPlace: Sendable {
    /// A key of the glossary.
    let label: String
    let href: String
    var roles: [Role] = SettingsPages.readers

    /// Every one that somebody may open.
    static func all(for who: Principal) -> [SettingsPlace] { places.filter { who.isOne(of: $0.roles) } }

    private static let places: [SettingsPlace] = [
        SettingsPlace(label: "rules.title", href: "/leads/rules"),
        SettingsPlace(label: "pools.title", href: "/leads/pools", roles: PoolRoutes.readers),
        SettingsPlace(label: "agents.title", href: "/leads/agents", roles: RuleRoutes.editors),
        SettingsPlace(label: "calendar.title", href: "/leads/calendar"),
        SettingsPlace(label: "ledger.title", href: "/leads/ledger"),
        SettingsPlace(label: "grading.title", href: "/leads/grading"),
        SettingsPlace(label: "score.title", href: "/leads/score"),
        SettingsPlace(label: "tags.title", href: "/leads/tags"),
        SettingsPlace(label: "segments.title", href: "/leads/segments"),
        SettingsPlace(label: "nurture.title", href: "/leads/nurture", roles: NurturePages.roles),
    ]
}
