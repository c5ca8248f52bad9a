import Contracts
import Foundation
import Messaging
import TestSupport
import Testing
import Web

@testable import AfterSales

/// The desk's pages and API, as people and programs reach them.
struct FrontDoor {
    let desk: Desk
    let client: RouteClient
    let pages: Pages

    init(_ desk: Desk) throws {
        self.desk = desk
        let signIn = try TestSignIn()
        let clock = desk.spine.clock
        pages = try Pages(service: "service", bundle: AfterSalesApp.resources, now: { clock.now })
        let routes = AfterSalesRoutes(app: desk.app, pages: pages)
        let server = WebServer(
            configuration: .init(
                service: "service",
                port: 0,
                opsPort: 0,
                publicURL: "http://localhost:8080",
                development: true
            ),
            pages: pages,
            verifier: signIn.verifier,
            logger: testLogger("service")
        ) { routes.add(to: $0) }
        client = RouteClient(server.responder, signIn: signIn)
    }

    /// Opens a desk with a front door.
    static func open(_ body: @Sendable (Desk, FrontDoor) async throws -> Void) async throws {
        try await Desk.open { desk in try await body(desk, try FrontDoor(desk)) }
    }

    func principal(_ role: Role, _ id: StaffID, _ language: Language = .english, team: TeamID? = nil) -> Principal {
        Principal(
            staffID: id.uuid,
            name: "李娜",
            email: "li.na@lintel.example",
            role: role,
            scope: role.usualScope,
            teamID: team?.uuid,
            language: language
        )
    }

    var clerk: Principal { principal(.service, desk.clerks[0]) }
    var supervisor: Principal { principal(.supervisor, desk.supervisor) }

    /// What a program reads of a case.
    struct CaseSeen: Decodable {
        struct Entry: Decodable {
            let kind: String
        }

        let id: String
        let number: String
        let status: String
        let isOverdue: Bool
        let entries: [Entry]?
    }

    struct Problem: Decodable {
        let status: Int
        let code: String
        let field: String?
    }

    struct Listed<Item: Decodable>: Decodable {
        let items: [Item]
        let nextCursor: String?
    }
}
