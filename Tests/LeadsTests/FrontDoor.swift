import Contracts
import Foundation
import Hummingbird
import Messaging
import TestSupport
import Web

@testable import Leads

/// An office with its routes, as browsers and programs come to it.
enum FrontDoor {
    static func pages(now: @escaping @Sendable () -> Date = { Date() }) throws -> Pages {
        try Pages(service: "leads", bundle: LeadsApp.resources, zone: .shanghai, now: now)
    }

    /// Opens an office with its routes; the principal heads it.
    static func open(_ body: (Office, RouteClient, Principal) async throws -> Void) async throws {
        try await Office.open { office in
            let clock = office.spine.clock
            let pages = try pages(now: { clock.now })
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
            let head = Principal(
                staffID: .v7(),
                name: "Head",
                email: "head@lintel.example",
                role: .head,
                scope: .all
            )
            try await body(office, RouteClient(server.responder, signIn: signIn), head)
        }
    }
}
