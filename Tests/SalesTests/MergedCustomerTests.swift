import Contracts
import Foundation
import Messaging
import TestSupport
import Testing

@testable import Sales

@Suite("Customers whom Leads found to be one")
struct MergedCustomerTests {
    @Test("deals, contacts and timeline of a merged customer are the survivor's, and go back, each told twice")
    func wayAndBack() async throws {
        try await Agency.open { agency in
            let one = try await agency.customer(of: "agent", name: "张三", phone: "+8613900000001")
            let other = try await agency.customer(of: "second", name: "张三", phone: "+8613900000002")
            let deal = try await agency.deal(with: other, by: "second")
            let before = try await agency.customers([one, other])

            let lead = StandingLead(
                leadID: try #require(before[other]?.leadID),
                ownerID: try agency.member("second").id
            )
            let merged = PersonMerged(
                mergeID: .new(),
                uid: one,
                mergedUID: other,
                uids: [other],
                standing: lead,
                hiddenLeadIDs: [],
                why: Why(rule: "identity.by-hand", version: 1)
            )
            try await agency.hearsTwice(merged, about: one)
            let found = try #require(try await agency.customers([other])[other])
            #expect(found.uid == one)
            #expect(found.stage == .deal)
            #expect(found.ownerID == (try agency.member("second").id))
            #expect(try await agency.deals(of: one) == [deal.id])
            #expect(try await agency.listed() == [one])
            // What is still told of the old UID is the survivor's.
            let late = try await agency.deal(with: other, by: "second")
            #expect(Set(try await agency.deals(of: one)) == [deal.id, late.id])
            let story = try await agency.app.readTimeline(other, by: try agency.access("head"))
            #expect(story.entries.filter { $0.event.name == DealOpened.name }.count == 2)

            let back = PersonUnmerged(
                mergeID: merged.mergeID,
                uid: one,
                unmergedUID: other,
                uids: [other],
                standing: StandingLead(
                    leadID: try #require(before[one]?.leadID),
                    ownerID: try agency.member("agent").id,
                    teamID: try agency.member("agent").team?.id
                ),
                unmergedStanding: nil
            )
            try await agency.hearsTwice(back, about: one)
            let after = try await agency.customers([one, other])
            #expect(Set(try await agency.listed()) == [one, other])
            #expect(after[one]?.ownerID == before[one]?.ownerID)
            #expect(after[one]?.stage == .enquiry)
            #expect(after[other]?.stage == .deal)
            #expect(after[other]?.ownerID == before[other]?.ownerID)
            #expect(after[other]?.card == before[other]?.card)
            #expect(try await agency.deals(of: other).contains(deal.id))
            #expect(try await agency.spine.unsettled() == (0, 0))
        }
    }

    @Test("what is known of somebody is what was told last, also of an old UID, told twice")
    func tagged() async throws {
        try await Agency.open { agency in
            let one = try await agency.customer(of: "agent", name: "张三", phone: "+8613900000001")
            for value in ["education", "transport"] {
                let tag = PersonTag(key: "interest", value: value, source: "staff", confidence: 100, isConfirmed: true)
                try await agency.hearsTwice(PersonTagged(uid: one, tags: [tag]), about: one)
                #expect(try await agency.customers([one])[one]?.tags == [tag])
            }
            try await agency.hearsTwice(PersonTagged(uid: one, tags: []), about: one)
            #expect(try await agency.customers([one])[one]?.tags == [])
        }
    }
}

extension Agency {
    fileprivate func hearsTwice(_ message: some Contract, about uid: UID) async throws {
        let id = UUID.v7()
        for _ in 0..<2 { try await spine.deliver(message, about: uid, uid: uid, id: id, to: app.subscriptions) }
        // As if it had been sent anew, too.
        try await spine.deliver(message, about: uid, uid: uid, to: app.subscriptions)
    }

    fileprivate func customers(_ uids: [UID]) async throws -> [UID: Customer] {
        try await spine.read { tx in
            var found: [UID: Customer] = [:]
            for uid in uids { found[uid] = try await CustomerStore(tx).customer(uid) }
            return found
        }
    }

    fileprivate func deals(of uid: UID) async throws -> [DealID] {
        try await spine.read { try await DealStore($0).deals(of: uid).map(\.id) }
    }

    fileprivate func listed() async throws -> [UID] {
        let manager = try access("head")
        return try await spine.read {
            try await CustomerListStore($0).list(CustomerQuery(), for: manager, now: spine.clock.now).map(\.uid)
        }
    }
}
