import Contracts
import Foundation
import Messaging
import Postgres
import TestSupport
import Testing

@testable import AfterSales

@Suite("People whom Leads found to be one")
struct MergedPeopleTests {
    @Test("cases of a merged person are the survivor's, also those that come late, and go back, each told twice")
    func wayAndBack() async throws {
        try await Desk.open { desk in
            let (one, other) = (UID.new(), desk.customer)
            try await desk.learnsOf(one, name: "张三丰", sequence: 1)
            let case1 = try await desk.takes()
            let merged = PersonMerged(
                mergeID: .new(),
                uid: one,
                mergedUID: other,
                uids: [other],
                standing: StandingLead(leadID: .new(), ownerID: .new()),
                hiddenLeadIDs: [],
                why: Why(rule: "identity.by-hand", version: 1)
            )
            try await desk.hearsTwice(merged, about: one)
            let case2 = try await desk.takes()
            #expect(try await desk.owners() == [case1.id: one, case2.id: one])
            let found = try await desk.spine.read { try await CustomerStore($0).customer(other) }
            #expect(found?.uid == one)
            let named = try await desk.spine.read { try await CustomerStore($0).matching("张三") }
            #expect(named.map(\.uid) == [one])

            let back = PersonUnmerged(
                mergeID: merged.mergeID,
                uid: one,
                unmergedUID: other,
                uids: [other],
                standing: nil,
                unmergedStanding: nil
            )
            try await desk.hearsTwice(back, about: one)
            #expect(try await desk.owners() == [case1.id: other, case2.id: other])
            #expect(try await desk.spine.unsettled() == (0, 0))
        }
    }
}

extension Desk {
    fileprivate func hearsTwice(_ message: some Contract, about uid: UID) async throws {
        let id = UUID.v7()
        for _ in 0..<2 { try await spine.deliver(message, about: uid, uid: uid, id: id, to: app.subscriptions) }
        try await spine.deliver(message, about: uid, uid: uid, to: app.subscriptions)
    }

    fileprivate func owners() async throws -> [CaseID: UID] {
        try await spine.read { tx in
            let rows = try await tx.all("SELECT id, uid FROM cases") { (try $0["id"] as CaseID, try $0["uid"] as UID) }
            return Dictionary(rows) { first, _ in first }
        }
    }
}
