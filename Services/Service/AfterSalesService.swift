public import Boot
import Contracts
public import Foundation
public import Hummingbird
public import Messaging
public import Web

/// The service desk: hand-overs, cases with their clock, and care after the sale.
public struct AfterSalesService: LintelService {
    public static let name = "service"
    public static var resources: Bundle { AfterSalesApp.resources }

    public static var metrics: [MetricDescription] { CaseMetrics.descriptions }

    let app: AfterSalesApp
    private let pages: Pages
    private let feed: LiveFeed

    public init(_ ground: Ground) throws {
        app = AfterSalesApp(spine: ground.spine, zone: ground.settings.zone)
        pages = ground.pages
        feed = ground.feed
    }

    public var subscriptions: [Subscription] { app.subscriptions }
    public var timers: [TimerHandler] { app.timers }
    public var rebuildable: [Projection] { app.projections }

    public func standings(of staff: [UUID]) async throws -> [UUID: Standing] {
        try await app.spine.read { try await StandingStore($0).of(staff) }
    }

    public func addRoutes(to router: Router<WebContext>) {
        AfterSalesRoutes(app: app, pages: pages, feed: feed).add(to: router)
    }

    public func measure() async throws { try await CaseMetrics.measure(app.spine) }
}
