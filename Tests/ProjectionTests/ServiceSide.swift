import Contracts
import Foundation
import Messaging
import Postgres
import TestSupport

@testable import AfterSales

/// Service, and what its people do.
struct ServiceSide: Sendable {
    let app: AfterSalesApp

    static var migrations: URL { AfterSalesApp.resources.bundleURL.appending(path: "Migrations") }

    init(_ spine: Spine) { app = AfterSalesApp(spine: spine, zone: TimeZone(identifier: "Asia/Shanghai") ?? .gmt) }

    var side: Side {
        Side(
            spine: app.spine,
            subscriptions: app.subscriptions,
            timers: app.timers,
            projections: app.projections,
            settle: {}
        )
    }

    func complain(_ uid: UID) async throws {
        let said = NewCase(uid: uid, kind: "complaint", title: "漏水", text: "从昨天晚上开始")
        _ = try await app.openCase(CaseRequest(said), .staff(.new()))
    }

    /// Hands over what has waited longest.
    func handOver() async throws {
        let open: HandoverID? = try await app.spine.read { tx in
            try await tx.first("SELECT id FROM handovers WHERE status = 'open' ORDER BY opened_at, id LIMIT 1") {
                try $0["id"]
            }
        }
        guard let open else { return }
        let clerk = StaffID.new()
        _ = try await app.completeHandover(open, HandoverCompletion(), by: clerk, .staff(clerk))
    }
}
