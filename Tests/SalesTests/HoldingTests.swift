import Contracts
import Foundation
import Messaging
import TestSupport
import Testing

@testable import Sales

@Suite("All that Sales holds of a person")
struct HoldingTests {
    @Test("every table is handed out, or there is a reason why not")
    func catalogue() async throws {
        try await Agency.open { agency in
            let overlooked = try await agency.spine.overlooked(by: .sales)
            #expect(overlooked == [])
        }
    }

    @Test("heads take it as a file, also by an old UID, that is journalled, and nobody else does")
    func handedOut() async throws {
        try await Agency.open { agency in
            let console = try Console(agency)
            let uid = try await agency.customer(of: "agent", name: "慕容复", phone: "+8613812345678")
            _ = try await agency.deal(with: uid, by: "agent")
            let path = "/sales/persons/\(uid)/held"
            #expect(try await console.client.get(path, as: agency.principal("agent")).status == 403)
            #expect(
                try await console.client.get("/sales/persons/\(UID.new())/held", as: agency.principal("head")).status
                    == 404
            )
            let answer = try await console.client.get(path, as: agency.principal("head"))
            #expect(answer.status == 200)
            let file = try answer.json(HeldFile.self)
            #expect(file.uids == [uid])
            #expect(file.tables == Set(Holdings.sales.tables.map(\.name)))
            #expect(file.filled.isSuperset(of: ["customers", "deals", "timeline", "journal"]))
            #expect(answer.text.contains("慕容复"))
            #expect(try await agency.spine.events(of: PersonHandedOut<SalesHolder>.self).map(\.uid) == [uid])
        }
    }
}
