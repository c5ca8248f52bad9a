import Hummingbird
import Web

/// Everything that Sales answers over HTTP.
struct SalesRoutes: Sendable {
    let app: SalesApp
    let pages: Pages
    let issuer: TokenIssuer
    /// Whether the console is reached by https.
    let isSecure: Bool
    var feed = LiveFeed()

    func add(to router: Router<WebContext>) {
        let group = router.group("sales").add(middleware: AnnouncesChanges("deals", on: feed))
        SessionRoutes(app: app, pages: pages, issuer: issuer, isSecure: isSecure).add(to: group)
        PasswordRoutes(app: app, pages: pages, issuer: issuer, isSecure: isSecure).add(to: group)
        StaffRoutes(app: app, pages: pages).add(to: group)
        CustomerAPIRoutes(app: app, pages: pages).add(to: group)
        CustomerRoutes(app: app, pages: pages).add(to: group)
        NumberRoutes(app: app, pages: pages).add(to: group)
        HoldingRoutes.sales(app).add(to: group)
        DealAPIRoutes(app: app).add(to: group)
        DealRoutes(app: app, pages: pages, feed: feed).add(to: group)
        UnitAPIRoutes(app: app).add(to: group)
        UnitRoutes(app: app, pages: pages).add(to: group)
        TodayRoutes(app: app, pages: pages).add(to: group)
    }
}
