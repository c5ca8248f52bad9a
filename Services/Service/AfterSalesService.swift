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

    let app: AfterSalesApp
    private let pages: Pages

    public init(_ ground: Ground) throws {
        app = AfterSalesApp(spine: ground.spine, zone: ground.settings.zone)
        pages = ground.pages
    }

    public var subscriptions: [Subscription] { app.subscriptions }
    public var timers: [TimerHandler] { app.timers }

    public func standing(of staff: UUID) async throws -> Standing? {
        try await app.spine.read { try await StaffStore($0).standing(StaffID(staff)) }
    }

    public func addRoutes(to router: Router<WebContext>) {
        AfterSalesRoutes(app: app, pages: pages).add(to: router)
    }
}
