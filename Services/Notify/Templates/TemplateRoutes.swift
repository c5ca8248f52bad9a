import Hummingbird
import Web

/// The texts that sequences and messages to many may use, as people get them.
struct TemplateRoutes: Sendable {
    let templates: Templates
    let pages: Pages

    func add(to group: RouterGroup<WebContext>) {
        group.get("templates") { _, context in
            _ = try context.requirePrincipal()
            let viewer = pages.viewer(context)
            let crumb = Crumb(viewer.text("messages.title"), "/notify/messages")
            return try pages.page(
                "templates",
                TemplateListPage(templates, viewer),
                PageHead(title: viewer.text("templates.title"), section: .messages, crumbs: [crumb]),
                for: context
            )
        }
    }
}
