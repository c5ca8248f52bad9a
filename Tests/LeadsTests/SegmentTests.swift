import Contracts
import Failures
import Foundation
import Messaging
import Postgres
import TestSupport
import Testing
import Web

@testable import Leads

@Suite("Segments")
struct SegmentTests {
    /// Three people: a rich one with a school in mind, a poor one, and one who has bought.
    private func people(_ body: (Office, [Lead]) async throws -> Void) async throws {
        try await Office.open { office in
            let agent = try await office.staff()
            let rich =
                #", "message": "学区", "need": {"projects": ["river-park"], "budget": {"max": 400000000}, "timeframe": "3m"}, "campaign": "open-house", "consent": {"sms": true}"#
            try await office.push(Office.enquiry("1", phone: "13900000001", more: rich))
            try await office.push(Office.enquiry("2", phone: "13900000002", more: #", "consent": {"sms": false}"#))
            try await office.push(Office.enquiry("3", phone: "13900000003"))
            try await office.takeInTags()
            let leads = try await office.leads()
            try await office.win(.new(), of: leads[2], by: agent)
            try await body(office, leads)
        }
    }

    @Test("each condition finds who answers to it, and its opposite the others")
    func conditions() async throws {
        try await people { office, leads in
            let cases: [(SegmentTest, Set<Int>)] = [
                (SegmentTest(.grade, "A"), [0]), (SegmentTest(.grade, "A", "C"), [0, 1, 2]),
                (SegmentTest(.project, "river-park"), [0]), (SegmentTest(.channel, "web"), [0, 1, 2]),
                (SegmentTest(.campaign, "open-house", "spring"), [0]), (SegmentTest(.campaign, "spring"), []),
                (SegmentTest(.channel, "showroom"), []), (SegmentTest(.bought), [2]), (SegmentTest(.smsAllowed), [0]),
                (SegmentTest("tag.interest", ["education"]), [0]), (SegmentTest("tag.interest"), [0]),
                (SegmentTest("tag.interest", ["metro"]), []), (SegmentTest(.activeWithinDays, "1"), [0, 1, 2]),
                (SegmentTest(.quietForDays, "1"), []), (SegmentTest(.status, "open"), [0, 1, 2]),
            ]
            for (test, expected) in cases {
                let found = try await office.members([test])
                #expect(found == Set(expected.map { leads[$0].uid }), "\(test.field)")
                var opposite = test
                opposite.isNot = true
                let others = try await office.members([opposite])
                #expect(others == Set(leads.map(\.uid)).subtracting(found), "not \(test.field)")
            }
        }
    }

    @Test("all conditions must hold; the count, the list and the question about one person agree")
    func together() async throws {
        try await people { office, leads in
            let tests = [SegmentTest(.grade, "A", "C"), SegmentTest(.bought, isNot: true), SegmentTest(.smsAllowed)]
            #expect(try await office.members(tests) == [leads[0].uid])
            let now = Date()
            try await office.spine.read { tx in
                let store = SegmentStore(tx)
                let (count, first) = (
                    try await store.count(tests, now: now), try await store.holds(tests, of: leads[0].uid, now: now)
                )
                let second = try await store.holds(tests, of: leads[1].uid, now: now)
                #expect(count == 1)
                #expect(first)
                #expect(!second)
            }
        }
    }

    @Test("who sees only their own leads counts only those")
    func sight() async throws {
        try await people { office, leads in
            let nobody = Principal(staffID: .v7(), name: "B", email: "b@l.example", role: .manager, scope: .own)
            let count = try await office.spine.read { tx in
                try await SegmentStore(tx).count([SegmentTest(.channel, "web")], nobody.leadSight, now: Date())
            }
            #expect(count == 0)
        }
    }

    @Test("a segment has a name of its own, changes by version, and refuses what cannot be meant")
    func saved() async throws {
        try await Office.open { office in
            let id = SegmentID.new()
            let tests = [SegmentTest(.grade, "A")]
            let save = { (id: SegmentID, wish: SegmentWish) async throws -> Segment in
                try await office.spine.perform(Cause.staff(.new())) { try await office.app.saveSegment(id, wish, $0) }
            }
            let first = try await save(id, SegmentWish(name: "Best", tests: tests))
            let second = try await save(id, SegmentWish(name: "Best", tests: tests, version: 1))
            #expect(first.version == 1)
            #expect(second.version == 2)
            for (wish, field) in [
                (SegmentWish(name: "Best", tests: tests, version: 1), "version"),
                (SegmentWish(name: "  ", tests: tests, version: 2), "name"),
                (SegmentWish(name: "Best", tests: [], version: 2), "tests"),
                (SegmentWish(name: "Best", tests: [SegmentTest("shoe-size", ["9"])], version: 2), "tests/0"),
                (SegmentWish(name: "Best", tests: [SegmentTest(.quietForDays, "soon")], version: 2), "tests/0"),
            ] {
                await #expect { _ = try await save(id, wish) } throws: { ($0 as? Rejection)?.field == field }
            }
            await #expect { _ = try await save(.new(), SegmentWish(name: "Best", tests: tests)) } throws: {
                ($0 as? Rejection)?.code == "name-taken"
            }
        }
    }
}

extension Office {
    func members(_ tests: [SegmentTest]) async throws -> Set<UID> {
        let found = try await spine.read { tx in try await SegmentStore(tx).members(tests, limit: 100, now: Date()) }
        return Set(found.map(\.uid))
    }
}
