import Contracts
import Failures
import Foundation
import Messaging
import Policies
import Postgres
import TestSupport
import Testing
import Web

@testable import Leads

@Suite("Everybody compared once more")
struct StockTests {
    @Test("of a stock that intake has just compared nothing new is found, whatever it is", arguments: [1, 7, 2_026])
    func same(_ seed: UInt64) async throws {
        try await Office.open { office in
            try await office.fill(60, Chance(seed))
            let before = try await office.pairs()
            try await office.orderStock()
            let course = try await office.compareStock()
            #expect(course.proposed == 0 && course.joined == 0 && course.skipped == 0)
            #expect(course.compared == course.people)
            #expect(try await office.pairs() == before)
        }
    }

    @Test("after the policy has become wider it finds what intake would have found under it", arguments: [1, 7, 2_026])
    func wider(_ seed: UInt64) async throws {
        var expected: Set<[String]> = []
        try await Office.open { office in
            try await office.fill(60, Chance(seed))
            expected = try await office.pairsByPhone()
        }
        try await Office.open { office in
            try await office.matches(["hitLimit": 2], from: 1)
            try await office.fill(60, Chance(seed))
            let narrow = try await office.pairsByPhone()
            #expect(narrow.isStrictSubset(of: expected))
            try await office.matches(["hitLimit": 1_000], from: 2)
            let course = try await office.compareStock()
            #expect(course.policyVersion == 3 && course.actor == "system")
            #expect(course.proposed == expected.count - narrow.count)
            #expect(try await office.pairsByPhone() == expected)
            // Whoever has decided is not asked again, and nothing is begun once more.
            for review in try await office.reviews() { try await office.decide(review.id, .different) }
            try await office.orderStock()
            #expect(try await office.compareStock().proposed == 0)
            #expect(try await office.reviews() == [])
            #expect(try await !office.app.compareStock())
        }
    }

    @Test("two whom one submission named are joined once the policy joins them, but not who were said to be different")
    func certain() async throws {
        try await Office.open { office in
            try await office.matches(["joinsCertain": 0], from: 1)
            let (one, other) = try await office.two()
            for (number, phone) in [("5", "13900000005"), ("6", "13900000006")] {
                try await office.push(Office.enquiry(number, phone: phone))
            }
            try await office.push(office.naming("3", "13900000001", "13900000002"))
            try await office.push(office.naming("4", "13900000005", "13900000006"))
            try await office.settleMatches()
            let reviews = try await office.reviews().filter { $0.submissionID != nil }
            #expect(reviews.count == 2)
            let families = try #require(reviews.first { $0.pair != UIDPair(one, other) })
            try await office.decide(families.id, .different)
            try await office.matches(["joinsCertain": 1], from: 2)
            #expect(try await office.compareStock().joined == 1)
            #expect(try await office.survivor(of: other) == one)
            #expect(try await office.survivor(of: families.pair.high) == families.pair.high)
            // Taken back by somebody, it is left to people.
            let merges = try await office.spine.read { try await MergeStore($0).of([one]) }
            try await office.unmerge(try #require(merges.first).id)
            try await office.orderStock()
            #expect(try await office.compareStock().joined == 0)
            #expect(try await office.survivor(of: other) == other)
            #expect(try await office.app.auditLedger().breaches == [])
        }
    }

    @Test("who waits to be looked at by an earlier UID is not put up a second time")
    func merged() async throws {
        try await Office.open { office in
            let need = #", "need": {"projects": ["river-park"]}"#
            for (number, phone) in ["13711111111", "13822222222", "13933333333"].enumerated() {
                try await office.push(Office.enquiry("\(number)", phone: phone, more: number == 0 ? "" : need))
            }
            try await office.settleMatches()
            let uids = try await office.leads().map(\.uid)
            #expect(try await office.reviews().map(\.pair) == [UIDPair(uids[1], uids[2])])
            try await office.merge(uids[1], into: uids[0])
            let before = try await office.reviews()
            try await office.orderStock()
            #expect(try await office.compareStock().proposed == 0)
            #expect(try await office.reviews() == before)
        }
    }

    @Test("whoever is killed in the middle goes on there; a newer policy begins anew; two are not under way at once")
    func resumed() async throws {
        try await Office.open { office in
            try await office.push(Office.enquiries(90))
            try await office.push(Office.enquiry("x", phone: "13711111111"))
            try await office.settleMatches()
            try await office.orderStock()
            await #expect(throws: Rejection.self) { try await office.orderStock() }
            let people = try await office.count("SELECT count(*) AS count FROM persons")
            #expect(people == 91)
            var compare = office.app.compareStock
            compare.atOnce = 40
            #expect(try await compare())
            #expect(try await office.course()?.compared == 40)
            // Another process goes on.
            let course = try await office.compareStock()
            #expect(course.compared == people && course.endedAt != nil)
            try await office.orderStock()
            try await office.matches(["hitLimit": 5], from: 1)
            let again = try await office.compareStock()
            #expect(again.id != course.id && again.policyVersion == 2 && again.compared == people)
            let running: SQL = "SELECT count(*) AS count FROM stock_comparisons WHERE ended_at IS NULL"
            #expect(try await office.count(running) == 0)
        }
    }

    @Test("who cannot be compared is left out and counted, and nobody else is")
    func skipped() async throws {
        try await Office.open { office in
            try await office.push(Office.enquiries(6))
            try await office.settleMatches()
            let bad = try await office.leads()[2].uid
            _ = try await office.spine.database.transaction { tx in
                try await tx.execute("TRUNCATE match_keys")
                let theirs = SQL(stringLiteral: "'\(bad)'::uuid")
                try await tx.execute("ALTER TABLE match_keys ADD CONSTRAINT planted CHECK (uid <> \(theirs))")
            }
            try await office.orderStock()
            let course = try await office.compareStock()
            #expect(course.skipped == 1 && course.compared == 6)
            let known: SQL = "SELECT count(DISTINCT uid) AS count FROM match_keys"
            #expect(try await office.count(known) == 5)
        }
    }

    @Test("an administrator begins it on the page and sees how far it is; others only see that")
    func page() async throws {
        try await FrontDoor.open { office, client, head in
            var admin = Cast.admin.principal
            try await office.push(Office.enquiries(5))
            let path = "/leads/reviews/compare-all"
            for language in [Language.chinese, .english] {
                admin.language = language
                let page = try await client.get("/leads/reviews", as: admin)
                #expect(page.status == 200 && page.missingWords == [] && page.text.contains(path))
            }
            #expect(try await !client.get("/leads/reviews", as: head).text.contains(path))
            #expect(try await client.post(path, form: [:], as: head).status == 403)
            #expect(try await client.post(path, form: [:], as: admin).status == 303)
            let running = try await client.get("/leads/reviews", as: admin)
            #expect(running.text.contains("0 / 5") && running.missingWords == [] && !running.text.contains(path))
            #expect(try await client.post(path, form: [:], as: admin).status == 409)
            _ = try await office.compareStock()
            let ended = try await client.get("/leads/reviews", as: head)
            #expect(ended.text.contains("5 people") && ended.missingWords == [])
        }
    }
}

/// The same numbers for the same seed (SplitMix64).
private struct Chance: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

extension Office {
    /// People of a few names who ask for a few projects, some with a number that is nearly somebody else's.
    fileprivate func fill(_ count: Int, _ seeded: Chance) async throws {
        var chance = seeded
        for number in 0..<count {
            let name = ["张三", "李四", "王五"].randomElement(using: &chance) ?? "张三"
            let project = ["river-park", "lake-house"].randomElement(using: &chance) ?? "river-park"
            let need = Bool.random(using: &chance) ? #", "need": {"projects": ["\#(project)"]}"# : ""
            let body = Office.enquiry("\(number)", phone: "138\(10_000_000 + number * 11)", more: need)
            try await push(body.replacingOccurrences(of: "张三", with: name))
            if number % 7 == 0 { try await settleMatches() }
        }
        try await settleMatches()
    }

    /// A submission that names somebody by two numbers.
    fileprivate func naming(_ id: String, _ one: String, _ other: String) -> String {
        Office.enquiry(id, phone: one).replacingOccurrences(of: #"["\#(one)"]"#, with: #"["\#(one)", "\#(other)"]"#)
    }

    fileprivate func matches(_ values: [String: Double], from version: Int) async throws {
        try await spine.perform(Cause(actor: "test")) { work in
            try await app.changePolicy(MatchPolicy.name, PolicyWish(version: version, values: values), work)
        }
    }

    fileprivate func orderStock() async throws {
        try await spine.perform(.staff(.new())) { try await app.compareStock.order($0) }
    }

    /// Goes on until everybody is compared.
    fileprivate func compareStock() async throws -> StockComparison {
        while try await app.compareStock() {}
        return try #require(try await course())
    }

    fileprivate func course() async throws -> StockComparison? {
        try await spine.read { try await StockComparisonStore($0).newest() }
    }

    fileprivate func pairs() async throws -> Set<UIDPair> {
        try await spine.read { Set(try await ReviewStore($0).waiting(limit: 10_000).map(\.pair)) }
    }

    /// The same by the numbers of both, which are the same in every office.
    fileprivate func pairsByPhone() async throws -> Set<[String]> {
        let found = try await spine.read { tx in
            try await tx.all(
                """
                SELECT a.value AS one, b.value AS other
                  FROM reviews r JOIN identifiers a ON a.uid = r.low JOIN identifiers b ON b.uid = r.high
                 WHERE r.status IN ('open', 'later') AND a.kind = 'phone' AND b.kind = 'phone'
                """
            ) { [try $0["one"] as String, try $0["other"] as String].sorted() }
        }
        return Set(found)
    }
}
