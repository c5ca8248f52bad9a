import Contracts
import Foundation
import Messaging
import TestSupport
import Testing

@testable import Sales

@Suite("Customers who are forgotten")
struct ForgottenCustomerTests {
    @Test("nothing says who they were, told twice, and deals and timeline keep their rows")
    func nothingLeft() async throws {
        try await Agency.open { agency in
            let uid = try await agency.customer(of: "agent", name: "慕容复", phone: "+8613812345678")
            let other = try await agency.customer(of: "agent", name: "王语嫣", phone: "+8613900000001")
            _ = try await agency.acts("agent") { access, work in
                try await agency.app.logContact(
                    ContactReport(kind: "call", isReached: true, note: "慕容复: 138 1234 5678"),
                    with: uid,
                    by: access,
                    work
                )
            }
            let deal = try await agency.deal(with: uid, by: "agent")
            #expect(try await agency.spine.places(of: "慕容复").isEmpty == false)
            let count = try await agency.app.readTimeline(uid, by: try agency.access("head")).entries.count

            let event = PersonErased(uid: uid, uids: [uid], leadIDs: [], reason: "request")
            let id = UUID.v7()
            for _ in 0..<2 {
                try await agency.spine.deliver(event, about: uid, uid: uid, id: id, to: agency.app.subscriptions)
            }
            for word in ["慕容复", "13812345678", "138 1234 5678"] {
                #expect(try await agency.spine.places(of: word) == [], "\(word)")
            }
            #expect(try await agency.spine.read { try await DealStore($0).deals(of: uid).map(\.id) } == [deal.id])
            let after = try await agency.app.readTimeline(uid, by: try agency.access("head")).entries.count
            // The erasure itself is told, too.
            #expect(after == count + 1)
            #expect(try await agency.spine.read { try await CustomerStore($0).customer(other)?.card.name } == "王语嫣")
            #expect(try await agency.spine.unsettled() == (0, 0))
        }
    }
}
