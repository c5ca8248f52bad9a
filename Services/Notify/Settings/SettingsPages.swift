import Contracts
import Hummingbird
import Policies
import Web

/// The settings of Notify: the numbers that messages are sent by.
struct SettingsPages: Sendable {
    let app: NotifyApp
    let pages: Pages

    func add(to group: RouterGroup<WebContext>) {
        PolicyRoutes(spine: app.spine, changePolicy: app.changePolicy).add(to: group)
        PolicyPages(
            spine: app.spine,
            pages: pages,
            changePolicy: app.changePolicy,
            frame: .init(
                title: "settings.messages",
                crumbs: { [Crumb($0.text("settings.title"), "/leads/settings")] },
                places: { viewer, _ in [FilterLink(viewer.text("templates.title"), "/notify/templates")] },
                names: { try await RecipientStore($0).staffNames() }
            )
        )
        .add(to: group)
    }
}
