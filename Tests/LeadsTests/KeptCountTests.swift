import Contracts
import Foundation
import Messaging
import Postgres
import TestSupport
import Testing
import Web

@testable import Leads

@Suite("Counts that are kept")
struct KeptCountTests {
    private static let sight = Principal(staffID: .v7(), name: "H", email: "h@l.example", role: .head, scope: .all)
        .leadSight

    @Test("with few people everything is counted now; with many it is as it was counted last, and says when that was")
    func stages() async throws {
        try await Office.open { office in
            try await office.staff()
            try await office.push(Office.enquiry("1"))
            try await office.refresh()
            try await office.push(Office.enquiry("2", phone: "13800000002"))
            let live = try await office.spine.read { try await KeptCountStore($0).life() }
            #expect(live == LifeCounts(people: live.people, countedAt: nil))
            #expect(live.people[.potential] == 2)

            try await office.becomeLarge()
            let kept = try await office.spine.read { try await KeptCountStore($0).life() }
            #expect(kept.people[.potential] == 60_000)
            #expect(kept.countedAt != nil)
            // Young enough: it stays; old enough: it is counted anew.
            try await office.refresh(olderThan: 600)
            #expect(try await office.spine.read { try await KeptCountStore($0).life() } == kept)
            try await office.refresh(olderThan: 0)
            #expect(try await office.spine.read { try await KeptCountStore($0).life() } == live)
        }
    }

    @Test("a segment is counted beside; another version of it is another question, and a limited sight is counted now")
    func segments() async throws {
        try await Office.open { office in
            try await office.staff()
            try await office.push(Office.enquiry("1"))
            var segment = Segment(
                id: .new(),
                name: "all",
                tests: [SegmentTest(.status, "open")],
                changedBy: "test",
                changedAt: Date()
            )
            try await office.save(segment)
            #expect(try await !office.refreshSegment())
            try await office.becomeLarge()
            #expect(try await office.refreshSegment())
            #expect(try await !office.refreshSegment(olderThan: 600))
            try await office.push(Office.enquiry("2", phone: "13800000002"))
            let kept = try #require(try await office.count(segment, Self.sight))
            #expect(kept.people == 1)
            #expect(kept.countedAt != nil)
            let team = Principal(staffID: .v7(), name: "M", email: "m@l.example", role: .manager, scope: .own)
            #expect(try await office.count(segment, team.leadSight)?.countedAt == nil)
            segment.version = 2
            try await office.save(segment)
            #expect(try await office.count(segment, Self.sight) == KeptCount(people: 2, countedAt: nil))
        }
    }

    @Test("who has several tags is found in the order of ids, page by page, with other conditions beside")
    func members() async throws {
        try await Office.open { office in
            try await office.staff()
            for number in 0..<12 {
                let need =
                    #", "need": {"purpose": "\#(number % 2 == 0 ? "buy" : "rent")", "districts": ["d\#(number % 3)"]}"#
                try await office.push(Office.enquiry("\(number)", phone: "138000000\(10 + number)", more: need))
            }
            try await office.takeInTags()
            let uids = try await office.leads().map(\.uid)
            let tests = [
                SegmentTest("tag.purpose", ["buy"]), SegmentTest("tag.region", ["d0"]), SegmentTest(.status, "open"),
            ]
            #expect(try await office.members(tests) == [uids[0], uids[6]])
            #expect(try await office.members(tests, limit: 1) == [uids[0]])
            #expect(try await office.members(tests, after: uids[0]) == [uids[6]])
            let other = SegmentTest("tag.region", ["d0"], isNot: true)
            #expect(try await office.members([tests[0], other]) == [uids[2], uids[4], uids[8], uids[10]])
            #expect(try await office.members([SegmentTest("tag.region", ["d1", "d2"]), tests[0]]).count == 4)
            #expect(try await office.members([SegmentTest("tag.region", [])], after: uids[9]) == [uids[10], uids[11]])
            let count = try await office.spine.read { try await SegmentStore($0).count(tests, now: Date()) }
            #expect(count == 2)
        }
    }
}

extension Office {
    fileprivate func refresh(olderThan age: TimeInterval = 0) async throws {
        try await spine.perform(Cause(actor: "test")) { work in
            try await KeptCountStore(work.tx).refreshLife(olderThan: age, at: work.now)
        }
    }

    fileprivate func refreshSegment(olderThan age: TimeInterval = 0) async throws -> Bool {
        try await spine.perform(Cause(actor: "test")) { work in
            try await KeptCountStore(work.tx).refreshSegment(olderThan: age, at: work.now)
        }
    }

    /// As if so many people were known.
    fileprivate func becomeLarge() async throws {
        try await refresh()
        try await spine.perform(Cause(actor: "test")) { work in
            try await work.tx.execute("UPDATE kept_counts SET people = 60000 WHERE name = 'life:potential'")
        }
    }

    fileprivate func save(_ segment: Segment) async throws {
        try await spine.perform(Cause(actor: "test")) { work in _ = try await SegmentStore(work.tx).save(segment) }
    }

    fileprivate func count(_ segment: Segment, _ sight: Sight) async throws -> KeptCount? {
        try await spine.read { try await KeptCountStore($0).segments([segment], sight, now: Date())[segment.id] }
    }

    fileprivate func members(_ tests: [SegmentTest], after: UID? = nil, limit: Int = 50) async throws -> [UID] {
        try await spine.read { tx in
            try await SegmentStore(tx).members(tests, after: after, limit: limit, now: Date()).map(\.uid)
        }
    }
}
