import Contracts
import Foundation
import Messaging
import TestSupport
import Testing

@testable import AfterSales

@Suite("People who are forgotten")
struct ForgottenPeopleTests {
    @Test("nothing says who they were, told twice, and their cases keep their rows")
    func nothingLeft() async throws {
        try await Desk.open { desk in
            try await desk.learnsOf(desk.customer, name: "慕容复", sequence: 2)
            let opened = try await desk.takes("慕容复家漏水, 138 1234 5678")
            #expect(try await desk.spine.places(of: "慕容复").isEmpty == false)
            let event = PersonErased(uid: desk.customer, uids: [desk.customer], leadIDs: [], reason: "request")
            let id = UUID.v7()
            for _ in 0..<2 {
                try await desk.spine.deliver(
                    event,
                    about: desk.customer,
                    uid: desk.customer,
                    id: id,
                    to: desk.app.subscriptions
                )
            }
            for word in ["慕容复", "13812345678", "138 1234 5678", "zs@example.com"] {
                #expect(try await desk.spine.places(of: word) == [], "\(word)")
            }
            let events = try await desk.spine.events(of: CaseOpened.self)
            #expect(events.map(\.caseID) == [opened.id])
            #expect(try await desk.spine.unsettled() == (0, 0))
        }
    }
}
