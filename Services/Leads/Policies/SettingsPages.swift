import Contracts
import Hummingbird
import Policies
import Web

/// The settings of Leads: its numbers, and the other pages of settings.
struct SettingsPages: Sendable {
    let app: LeadsApp
    let pages: Pages

    func add(to group: RouterGroup<WebContext>) {
        PolicyRoutes(spine: app.spine, changePolicy: app.changePolicy).add(to: group)
        PolicyPages(
            spine: app.spine,
            pages: pages,
            changePolicy: app.changePolicy,
            frame: .init(
                title: "settings.title",
                places: { viewer, who in
                    SettingsPlace.all(for: who).map { FilterLink(viewer.text($0.label), $0.href) }
                },
                names: { try await StaffStore($0).names() }
            )
        )
        .add(to: group)
    }
}

/// A page of settings besides the numbers, for the top of the settings page.
struct SettingsPlace: Sendable {
    /// A key of the glossary.
    let label: String
    let href: String
    var roles: [Role] = PolicyAccess.readers

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
        SettingsPlace(label: "settings.messages", href: "/notify/settings"),
    ]
}
