import Contracts
import Foundation
import Messaging
import TestSupport
import Testing
import Web

@testable import AfterSales

@Suite("All that Service holds of a person")
struct HoldingTests {
    @Test("every table is handed out, or there is a reason why not")
    func catalogue() async throws {
        try await Desk.open { desk in
            let overlooked = try await desk.spine.overlooked(by: .service)
            #expect(overlooked == [])
        }
    }

    @Test("heads take it as a file, that is journalled, and nobody else does")
    func handedOut() async throws {
        try await FrontDoor.open { desk, door in
            _ = try await desk.takes("漏水")
            let path = "/service/persons/\(desk.customer)/held"
            #expect(try await door.client.get(path, as: door.supervisor).status == 403)
            let answer = try await door.client.get(path, as: door.principal(.head, .new()))
            #expect(answer.status == 200)
            let file = try answer.json(HeldFile.self)
            #expect(file.uids == [desk.customer])
            #expect(file.tables == Set(Holdings.service.tables.map(\.name)))
            #expect(file.filled.isSuperset(of: ["customers", "cases", "case_entries", "journal"]))
            #expect(answer.text.contains("漏水"))
            #expect(try await desk.spine.events(of: PersonHandedOut<ServiceHolder>.self).map(\.uid) == [desk.customer])
        }
    }
}
