import Hummingbird
import Web

/// Everything that the service answers over HTTP, under `/service/`.
struct AfterSalesRoutes: Sendable {
    let app: AfterSalesApp
    let pages: Pages
    var feed = LiveFeed()

    func add(to router: Router<WebContext>) {
        let group = router.group("service").add(middleware: AnnouncesChanges("cases", on: feed))
        CaseRoutes(app: app).add(to: group)
        HandoverRoutes(app: app).add(to: group)
        HoldingRoutes.service(app).add(to: group)
        NewCasePages(app: app, pages: pages).add(to: group)
        CasePages(app: app, pages: pages, feed: feed).add(to: group)
        HandoverPages(app: app, pages: pages).add(to: group)
        FragmentPages(app: app, pages: pages).add(to: group)
        group.get { _, _ in Response.redirect(to: "/service/cases") }
    }
}
