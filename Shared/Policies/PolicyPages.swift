public import Contracts
import Failures
public import Hummingbird
public import Messaging
public import Postgres
public import Web

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

/// Who has to do with policies.
public enum PolicyAccess {
    /// Everybody in management may look.
    public static let readers: [Role] = [.manager, .head, .marketing]
    /// Administrators only.
    public static let writers: [Role] = []
}

/// The settings of one service: `/<service>/settings`, and a page for each policy below it.
public struct PolicyPages<Event: PolicyEvent>: Sendable {
    /// What the settings of a service are called and what is reached from them.
    public struct Frame: Sendable {
        /// A key of the glossary.
        let title: String
        let crumbs: @Sendable (Viewer) -> [Crumb]
        /// Other pages of settings that somebody may open.
        let places: @Sendable (Viewer, Principal) -> [FilterLink]
        /// What staff are called.
        let names: @Sendable (Transaction) async throws -> [StaffID: String]

        public init(
            title: String,
            crumbs: @escaping @Sendable (Viewer) -> [Crumb] = { _ in [] },
            places: @escaping @Sendable (Viewer, Principal) -> [FilterLink],
            names: @escaping @Sendable (Transaction) async throws -> [StaffID: String]
        ) {
            self.title = title
            self.crumbs = crumbs
            self.places = places
            self.names = names
        }
    }

    private let spine: Spine
    private let pages: Pages
    private let changePolicy: ChangePolicy<Event>
    private let frame: Frame
    private var home: String { "/\(spine.service)/settings" }

    public init(spine: Spine, pages: Pages, changePolicy: ChangePolicy<Event>, frame: Frame) {
        self.spine = spine
        self.pages = pages
        self.changePolicy = changePolicy
        self.frame = frame
    }

    public func add(to group: RouterGroup<WebContext>) {
        group.get("settings") { _, context in try await list(context) }
        group.get("settings/:name") { _, context in try await show(context) }
        group.post("settings/:name") { request, context in try await change(request, context) }
    }

    private func list(_ context: WebContext) async throws -> Response {
        let who = try context.requireRole(oneOf: PolicyAccess.readers)
        let viewer = pages.viewer(context)
        let (present, changes, names) = try await spine.read { tx in
            let store = PolicyStore(tx)
            return (try await store.all(), try await store.history(limit: 30), try await frame.names(tx))
        }
        let words = words(viewer, names)
        let title = viewer.text(frame.title)
        let view = SettingsPage(
            header: PageHeader(title, sub: viewer.text("settings.hint")),
            places: frame.places(viewer, who),
            policies: changePolicy.catalogue.all.map { words.summary($0, present.current($0)) },
            history: words.table(changes)
        )
        return try pages.page(
            "settings",
            view,
            PageHead(title: title, section: .settings, crumbs: frame.crumbs(viewer)),
            for: context
        )
    }

    private func show(
        _ context: WebContext,
        refused: (form: Web.Form, rejection: Rejection)? = nil
    ) async throws -> Response {
        let who = try context.requireRole(oneOf: PolicyAccess.readers)
        let viewer = pages.viewer(context)
        let policy = try changePolicy.catalogue.named(try context.parameters.require("name"))
        let (present, changes, names) = try await spine.read { tx in
            let store = PolicyStore(tx)
            return (
                try await store.all().current(policy), try await store.history(of: policy.name, limit: 100),
                try await frame.names(tx)
            )
        }
        let words = words(viewer, names)
        let mayChange = who.isOne(of: PolicyAccess.writers)
        let view = PolicyPage(
            header: PageHeader(words.title(policy.name), sub: words.version(present.version)),
            about: viewer.text("policy.\(policy.name).about"),
            facts: mayChange ? [] : words.facts(policy, present.value),
            form: mayChange ? words.form(policy, present, refused: refused) : nil,
            history: words.table(changes)
        )
        let crumbs = frame.crumbs(viewer) + [Crumb(viewer.text(frame.title), home)]
        return try pages.page(
            "policy",
            view,
            PageHead(title: words.title(policy.name), section: .settings, crumbs: crumbs),
            status: refused == nil ? .ok : .unprocessableContent,
            for: context
        )
    }

    private func words(_ viewer: Viewer, _ names: [StaffID: String]) -> PolicyWords {
        PolicyWords(catalogue: changePolicy.catalogue, home: home, viewer: viewer, names: names)
    }

    private func change(_ request: Request, _ context: WebContext) async throws -> Response {
        let who = try context.requireRole(oneOf: PolicyAccess.writers)
        let policy = try changePolicy.catalogue.named(try context.parameters.require("name"))
        let form = try await request.form(context)
        do {
            let wish = try PolicyWish(form, of: policy)
            try await spine.perform(who.cause(context)) { work in
                try await changePolicy(policy.name, wish, work)
            }
        } catch let rejection as Rejection where rejection.kind == .invalid || rejection.kind == .conflict {
            return try await show(context, refused: (form, rejection))
        }
        return .seeOther(
            "\(home)/\(policy.name)",
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
            guard let number = PolicyNumber.read(text, field.unit) else {
                let code = field.unit == .timeOfDay ? "not-a-time" : "not-a-number"
                throw Rejection.invalid("values/\(field.name)", code, field.bounds)
            }
            values[field.name] = number
        }
        note = form.optional("note")
    }
}
