import Contracts
import Foundation
import HTTPTypes
import Hummingbird
import Messaging
import TestSupport
import Testing
import Web

@testable import Leads

/// An office with its routes, and somebody of marketing who opens its pages.
struct MarketingDesk: Sendable {
    let office: Office
    let client: RouteClient
    let marketer = Principal(
        staffID: .v7(),
        name: "Marketer",
        email: "m@lintel.example",
        role: .marketing,
        scope: .all
    )
    let agent = Principal(staffID: .v7(), name: "Agent", email: "a@lintel.example", role: .agent, scope: .own)

    static func open(_ body: (MarketingDesk) async throws -> Void) async throws {
        try await FrontDoor.open { office, client, _ in try await body(MarketingDesk(office: office, client: client)) }
    }

    /// Opens pages in both languages: each is there and lacks no word.
    func opens(_ paths: String..., as principal: Principal? = nil) async throws {
        for language in ["en", "zh-Hans"] {
            for path in paths {
                let answer = try await client.get(
                    path,
                    as: principal ?? marketer,
                    headers: [.acceptLanguage: language]
                )
                #expect(answer.status == 200, "\(path)")
                #expect(answer.missingWords == [], "\(path)")
            }
        }
    }
}
