import Contracts
import Foundation

/// What surrounds the content of a page, ready to be shown.
struct Shell: Sendable {
    struct Place: Sendable {
        let label: String
        let href: String
        let icon: String
        let isCurrent: Bool
        /// Its place in the rail, which is the same for everybody.
        var order = 0
    }

    struct Person: Sendable {
        /// Whose notices the bell waits for.
        let id: String
        let name: String
        let role: String
        let email: String
        let initials: String
        /// Whether they are on shift or off, which their menu shows.
        let sells: Bool
    }

    struct Tongue: Sendable {
        let label: String
        let tag: String
        let href: String
        let isCurrent: Bool
    }

    struct FlashView: Sendable {
        let tone: String
        let text: String
        let undo: String?
    }

    var title: String
    var language: String
    var css: String
    var js: String
    var zone: String
    var now: String
    /// Words that the script says, as JSON.
    var words: String
    var isBare: Bool
    var rail: [Place]
    /// A phone's bottom bar.
    var bottom: [Place]
    /// What the bottom bar has no room for: in the person's menu on a phone.
    var more: [Place]
    var crumbs: [Crumb]
    var person: Person?
    var tongues: [Tongue]
    var flash: FlashView?
    var search: String
    var csrf: String

    /// Every section filled, for checking templates.
    static let sample = Shell(
        title: "Leads",
        language: "en",
        css: "/x.css",
        js: "/x.js",
        zone: "Asia/Shanghai",
        now: "2026-11-22T00:00:00.000Z",
        words: "{}",
        isBare: false,
        rail: [Place(label: "Leads", href: "/leads/leads", icon: "leads", isCurrent: true)],
        bottom: [Place(label: "Leads", href: "/leads/leads", icon: "leads", isCurrent: true)],
        more: [Place(label: "Cases", href: "/service/cases", icon: "cases", isCurrent: true)],
        crumbs: [Crumb("Leads", "/leads/leads")],
        person: Person(id: "1", name: "A", role: "Agent", email: "a@example.com", initials: "A", sells: true),
        tongues: [Tongue(label: "English", tag: "en", href: "?lang=en", isCurrent: true)],
        flash: FlashView(tone: "done", text: "Done", undo: "/undo"),
        search: "",
        csrf: "token"
    )
}

extension Pages {
    /// The layout of a page for whoever asks.
    func shell(_ head: PageHead, for context: WebContext) -> Shell {
        let viewer = viewer(context)
        let places = head.isBare ? [] : places(for: context.principal, current: head.section, viewer)
        return Shell(
            title: head.title,
            language: context.language.rawValue,
            css: assets.url("lintel.css"),
            js: assets.url("lintel.js"),
            zone: zone.identifier,
            now: Wire.text(of: viewer.now),
            words: scriptWords(viewer),
            isBare: head.isBare,
            rail: places.sorted { $0.order < $1.order },
            bottom: Array(places.prefix(5)),
            more: Array(places.dropFirst(5)),
            crumbs: head.crumbs,
            person: context.principal.map { person($0, viewer) },
            tongues: tongues(context),
            flash: context.flash.map { Shell.FlashView(tone: $0.tone.rawValue, text: $0.text, undo: $0.undo) },
            search: head.search,
            csrf: context.csrfToken
        )
    }

    private func places(for principal: Principal?, current: PageHead.Section?, _ viewer: Viewer) -> [Shell.Place] {
        guard let principal else { return [] }
        return PageHead.Section.all(for: principal.role).map { section in
            Shell.Place(
                label: viewer.text("nav.\(section.rawValue)"),
                href: section.href,
                icon: section.rawValue,
                isCurrent: section == current,
                order: PageHead.Section.rail.firstIndex(of: section) ?? 0
            )
        }
    }

    private func person(_ principal: Principal, _ viewer: Viewer) -> Shell.Person {
        let words = principal.name.split(separator: " ")
        let initials = words.count > 1 ? words.prefix(2).compactMap(\.first) : Array(principal.name.suffix(2))
        let key = "role.\(principal.role.name)"
        return Shell.Person(
            id: principal.staffID.wire,
            name: principal.name,
            role: strings.knows(key) ? viewer.text(key) : principal.role.name,
            email: principal.email,
            initials: String(initials).uppercased(),
            sells: principal.role == .agent || principal.role == .manager
        )
    }

    private func tongues(_ context: WebContext) -> [Shell.Tongue] {
        let target = LocalPath(context.target).description
        return Language.allCases.map { language in
            Shell.Tongue(
                label: language.ownName,
                tag: language.rawValue,
                href: target + (target.contains("?") ? "&" : "?") + "lang=\(language.rawValue)",
                isCurrent: language == context.language
            )
        }
    }

    private func scriptWords(_ viewer: Viewer) -> String {
        let prefix = "script."
        let keys = strings.keys.filter { $0.hasPrefix(prefix) }
        let words = Dictionary(
            uniqueKeysWithValues: keys.map { key in
                (String(key.dropFirst(prefix.count)), strings.template(key, in: viewer.language))
            }
        )
        // A dictionary of strings always encodes.
        return (try? Wire.encoder.encode(words)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }
}

extension PageHead.Section {
    var href: String {
        switch self {
        case .today: "/sales/today"
        case .leads: "/leads/leads"
        case .customers: "/sales/customers"
        case .units: "/sales/units"
        case .deals: "/sales/deals"
        case .cases: "/service/cases"
        case .messages: "/notify/messages"
        case .settings: "/leads/settings"
        case .operations: "/leads/operations"
        }
    }

    static let rail: [Self] = [
        .today, .leads, .customers, .deals, .units, .cases, .messages, .settings, .operations,
    ]

    /// What somebody of this role may use, the most needed first: five of them are the bottom bar of a phone.
    static func all(for role: Role) -> [Self] {
        switch role {
        case .admin: [.today, .leads, .customers, .deals, .cases, .units, .messages, .settings, .operations]
        case .manager, .head: [.today, .leads, .customers, .deals, .cases, .units, .messages, .settings]
        case .agent: [.today, .leads, .customers, .deals, .units, .cases, .messages]
        case .service, .supervisor: [.today, .cases, .customers, .units, .messages]
        case .clerk: [.today, .deals, .units, .customers]
        case .marketing: [.today, .leads, .messages, .settings]
        case .other: [.today]
        }
    }
}
