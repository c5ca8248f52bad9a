import Contracts
import Foundation
import Messaging
import TestSupport
import Testing
import Web

@testable import Notify

@Suite("All that Notify holds of a person")
struct HoldingTests {
    @Test("every table is handed out, or there is a reason why not")
    func catalogue() async throws {
        try await Stage.open { stage in
            let overlooked = try await stage.spine.overlooked(by: .notify)
            #expect(overlooked == [])
        }
    }

    @Test("heads take it as a file, that is journalled, and nobody else does")
    func handedOut() async throws {
        try await Stage.open { stage in
            let signIn = try TestSignIn()
            let client = RouteClient(try RouteTests.server(stage, signIn).responder, signIn: signIn)
            try await stage.hears(stage.received, about: stage.lead, uid: stage.uid)
            #expect(try await stage.sends(.sms, with: Carriers.sms()) == 1)
            let path = "/notify/persons/\(stage.uid)/held"
            #expect(try await client.get(path, as: stage.principal(.manager)).status == 403)
            let answer = try await client.get(path, as: stage.principal(.head))
            #expect(answer.status == 200)
            let file = try answer.json(HeldFile.self)
            #expect(file.uids == [stage.uid])
            #expect(file.tables == Set(Holdings.notify.tables.map(\.name)))
            #expect(file.filled.isSuperset(of: ["customers", "messages", "attempts", "journal"]))
            #expect(answer.text.contains("consent.allowed"))
            #expect(try await stage.spine.events(of: PersonHandedOut<NotifyHolder>.self).map(\.uid) == [stage.uid])
        }
    }
}
