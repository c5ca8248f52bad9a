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

    static func pages() throws -> Pages {
        try Pages(service: "leads", bundle: LeadsApp.resources, zone: .shanghai, now: { Date() })
    }

    static func open(_ body: (MarketingDesk) async throws -> Void) async throws {
        try await Office.open { office in
            let pages = try pages()
            let signIn = try TestSignIn()
            let server = WebServer(
                configuration: .init(
                    service: "leads",
                    host: "127.0.0.1",
                    port: 0,
                    opsPort: 0,
                    publicURL: "http://localhost:8080",
                    development: true
                ),
                pages: pages,
                verifier: signIn.verifier,
                feed: LiveFeed(),
                logger: testLogger("leads")
            ) { router in
                LeadsService.addRoutes(office.app, pages: pages, feed: LiveFeed(), to: router)
            }
            try await body(MarketingDesk(office: office, client: RouteClient(server.responder, signIn: signIn)))
        }
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
