import Contracts
import Foundation
import Messaging
import Postgres
import TestSupport
import Web

@testable import Notify

/// Notify, and what is answered to its messages.
struct NotifySide: Sendable {
    let app: NotifyApp

    static var migrations: URL { NotifyService.resources.bundleURL.appending(path: "Migrations") }

    init(_ spine: Spine) throws {
        app = NotifyApp(
            spine: spine,
            templates: try Templates(
                folder: NotifyService.resources.bundleURL.appending(path: "Texts"),
                zone: .shanghai
            ),
            publicURL: "http://localhost:8080",
            receiptKeys: ReceiptKeys(password: "smspw"),
            unsubscribeLinks: UnsubscribeLinks(publicURL: "http://localhost:8080", password: "smspw"),
            zone: .shanghai
        )
    }

    var side: Side {
        Side(
            spine: app.spine,
            subscriptions: app.subscriptions,
            timers: [],
            projections: app.projections,
            settle: {}
        )
    }
}
