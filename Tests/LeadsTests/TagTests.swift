import Contracts
import Foundation
import Messaging
import Postgres
import TestSupport
import Testing
import Web

@testable import Leads

@Suite("Tags")
struct TagTests {
    private let now = Date(timeIntervalSince1970: 1_800_000_000)

    private func tag(
        _ value: String,
        _ source: Leads.Tag.Source = .enquiry,
        key: String = "budget",
        confidence: Int = 80,
        age: Double = 0,
        validUntil: Date? = nil,
        standing: Leads.Tag.Standing = .open
    ) -> Leads.Tag {
        Leads.Tag(
            key: key,
            value: value,
            source: source,
            confidence: confidence,
            origin: "test",
            notedAt: now.addingTimeInterval(-age),
            validUntil: validUntil,
            standing: standing
        )
    }

    private func winners(_ tags: [Leads.Tag]) -> Set<String> {
        Set(Leads.Tag.judged(tags, at: now).filter(\.isWinner).map(\.value))
    }

    @Test("of values that contradict each other one holds, whatever the order they came in")
    func winner() {
        let tags = [
            tag("old", age: 9), tag("new"), tag("seen", .events, age: 99), tag("said", .staff, age: 999),
            tag("wrong", .staff, standing: .rejected), tag("gone", .staff, validUntil: now),
        ]
        for seed in UInt64(1)...20 {
            var random = Seeded(seed)
            #expect(winners(tags.shuffled(using: &random)) == ["said"])
        }
        #expect(winners(tags.filter { $0.source != .staff }) == ["seen"])
        #expect(winners(tags.filter { $0.source == .enquiry }) == ["new"])
        #expect(winners([tag("a", confidence: 90, age: 5), tag("b")]) == ["a"])
        #expect(winners([tag("b"), tag("a")]) == ["a"])
        #expect(winners(tags + [tag("sure", age: 999, standing: .confirmed)]) == ["sure"])
    }

    @Test("of a kind that takes several values all hold that nobody rejected, each once")
    func several() {
        let tags = [
            tag("school", key: "interest"), tag("school", .staff, key: "interest"), tag("metro", key: "interest"),
            tag("no", key: "interest", standing: .rejected),
        ]
        let judged = Leads.Tag.judged(tags, at: now)
        #expect(judged.filter(\.isWinner).map(\.value).sorted() == ["metro", "school"])
        #expect(judged.filter(\.isWinner).first { $0.value == "school" }?.source == .staff)
    }

    @Test(
        "what matters to a person is read from their words",
        arguments: [
            ("想看学区房，离地铁近", ["education", "transport"]),
            ("Is there a School nearby? My PARENTS move in.", ["education", "elderly"]),
            ("周末可以看房吗?", []), ("", []),
        ]
    )
    func interests(_ message: String, _ interests: [String]) {
        #expect(SaidTag.interests(in: message) == interests)
    }

    @Test("an enquiry's tags are there a moment later, once, however often they are taken in")
    func enquiry() async throws {
        try await Office.open { office in
            try await office.staff()
            let more =
                #", "message": "学区?", "need": {"purpose": "buy", "districts": ["浦东"], "budget": {"max": 400000000}}"#
            try await office.push(Office.enquiry("1", more: more))
            try await office.push(Office.enquiry("1", more: more))
            try await office.takeInTags()
            try await office.takeInTags()
            let tags = try await office.tags().filter(\.isWinner).map { "\($0.key)=\($0.value)" }
            #expect(tags == ["budget=3m-5m", "interest=education", "purpose=buy", "region=浦东"])
            #expect(try await office.count("SELECT count(*) AS count FROM tags_said") == 0)
        }
    }

    @Test("a later enquiry that contradicts stands above the earlier one, which is kept")
    func conflict() async throws {
        try await Office.open { office in
            try await office.staff()
            try await office.push(Office.enquiry("1", more: #", "need": {"budget": {"max": 150000000}}"#))
            try await office.takeInTags()
            try await office.push(Office.enquiry("2", more: #", "need": {"budget": {"max": 400000000}}"#))
            try await office.takeInTags()
            let budgets = try await office.tags().filter { $0.key == "budget" }
            #expect(budgets.map(\.value) == ["1m-2m", "3m-5m"])
            #expect(budgets.map(\.isWinner) == [false, true])
        }
    }

    @Test("whoever keeps a person's tags holds up no enquiry of theirs", .timeLimit(.minutes(10)))
    func nobodyWaits() async throws {
        try await Office.open { office in
            try await office.staff()
            let more = #", "need": {"purpose": "buy"}"#
            try await office.push(Office.enquiry("1", more: more))
            try await office.spine.perform(Cause(actor: "test")) { work in
                _ = try await office.app.keepTags.takeIn(atMost: 100, work)
                // In another transaction, while this one is open.
                _ = try await Task.detached { try await office.push(Office.enquiry("2", more: more)) }.value
            }
            try await office.takeInTags()
            #expect(try await office.tags().map(\.value) == ["buy"])
        }
    }

    @Test("how many people have tags is counted beside, and again once the count is old")
    func coverage() async throws {
        try await Office.open { office in
            try await office.staff()
            func refresh(olderThan age: TimeInterval = 600) async throws -> TagCoverage? {
                try await office.spine.perform(Cause(actor: "test")) { work in
                    try await TagCoverageStore(work.tx).refresh(olderThan: age, at: work.now)
                }
                return try await office.spine.read { try await TagCoverageStore($0).kept() }
            }
            try await office.push(Office.enquiry("1", more: #", "need": {"purpose": "buy", "districts": ["a", "b"]}"#))
            try await office.takeInTags()
            let first = try #require(try await refresh())
            #expect(first.people == 1)
            #expect(first.tagged == 1)
            #expect(first.byKey == ["purpose": 1, "region": 1])
            try await office.push(Office.enquiry("2", phone: "13800000002"))
            let same = try #require(try await refresh())
            #expect(same.countedAt == first.countedAt)
            let second = try #require(try await refresh(olderThan: 0))
            #expect(second.people == 2)
            #expect(second.tagged == 1)
        }
    }

    @Test("visits are counted, each once")
    func visits() async throws {
        try await Office.open { office in
            let agent = try await office.staff()
            try await office.push(Office.enquiry("1"))
            let lead = try #require(try await office.leads().first)
            for _ in 0..<2 {
                let id = UUID.v7()
                let visit = ContactLogged(
                    contactID: .new(),
                    uid: lead.uid,
                    leadID: lead.id,
                    staffID: agent,
                    kind: "visit",
                    isReached: true,
                    contactedAt: Date()
                )
                try await office.hear(visit, about: "c", uid: lead.uid, id: id)
                try await office.hear(visit, about: "c", uid: lead.uid, id: id)
            }
            try await office.takeInTags()
            #expect(try await office.tags().filter { $0.key == "visits" }.map(\.value) == ["2"])
        }
    }

    @Test(
        "staff confirm, reject and add; a rejected tag stays rejected when it is said again; the deal carries the rest"
    )
    func judged() async throws {
        try await Office.open { office in
            let agent = try await office.staff()
            let more = #", "message": "学区 地铁", "need": {"purpose": "buy"}"#
            try await office.push(Office.enquiry("1", more: more))
            try await office.takeInTags()
            let lead = try #require(try await office.leads().first)
            let owner = Principal(staffID: agent.uuid, name: "A", email: "a@l.example", role: .agent, scope: .own)
            let other = Principal(staffID: .v7(), name: "B", email: "b@l.example", role: .agent, scope: .own)
            try await office.judge(lead, "interest", "education", isRight: false, by: owner)
            try await office.judge(lead, "purpose", "buy", isRight: true, by: owner)
            await #expect(throws: (any Error).self) {
                try await office.judge(lead, "purpose", "buy", isRight: false, by: other)
            }
            try await office.push(Office.enquiry("2", more: more))
            try await office.takeInTags()
            let holding = try await office.tags().filter(\.isWinner).map(\.value)
            #expect(holding == ["transport", "buy"])
            let opened = DealOpened(
                dealID: .new(),
                uid: lead.uid,
                leadID: lead.id,
                ownerID: agent,
                title: "t",
                stage: "first-talk"
            )
            try await office.hear(opened, about: opened.dealID, uid: lead.uid)
            let told = try #require(try await office.spine.events(of: LeadConverted.self).first?.tags)
            #expect(told.map(\.value) == ["transport", "buy"])
            #expect(told.map(\.isConfirmed) == [false, true])
        }
    }

    @Test("what has expired holds no longer, and what it stood above does")
    func expiry() async throws {
        try await Office.open { office in
            try await office.staff()
            try await office.push(Office.enquiry("1"))
            let uid = try #require(try await office.leads().first).uid
            let soon = Date().addingTimeInterval(-1)
            try await office.spine.perform(Cause(actor: "test")) { work in
                let store = TagStore(work.tx)
                var short = tag("short", .staff, age: 0, validUntil: soon)
                short.isWinner = true
                try store.insert([(uid, short), (uid, tag("long", age: 10))])
            }
            let count = try await office.spine.perform(Cause(actor: "test")) { work in
                try await office.app.keepTags.expire(atMost: 10, work)
            }
            #expect(count == 1)
            #expect(try await office.tags().filter(\.isWinner).map(\.value) == ["long"])
        }
    }
}

extension Office {
    func takeInTags() async throws {
        _ = try await spine.perform(Cause(actor: "test")) { try await app.foldTags(atMost: 100, $0) }
        _ = try await spine.perform(Cause(actor: "test")) { try await app.keepTags.takeIn(atMost: 100, $0) }
    }

    /// The tags of everybody, in the order of their keys.
    func tags() async throws -> [Leads.Tag] {
        let uids = Set(try await leads().map(\.uid))
        return try await spine.read { try await TagStore($0).of(uids) }.values.flatMap { $0 }
    }

    func judge(_ lead: Lead, _ key: String, _ value: String, isRight: Bool, by who: Principal) async throws {
        try await spine.perform(Cause.staff(StaffID(who.staffID))) { work in
            try await app.judgeTag(lead.id, key: key, value: value, isRight: isRight, who.leadSight, work)
        }
    }
}
