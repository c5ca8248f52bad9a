import Contracts
import Foundation
import Messaging
import Postgres
import TestSupport
import Testing
import Web

@testable import Leads

@Suite("Tags of people who are joined and parted")
struct TagMergeTests {
    @Test("a merged person has what both sides had; parted, each has exactly its own, and others hear of it")
    func wayAndBack() async throws {
        try await Office.open { office in
            try await office.staff()
            let (one, other) = try await office.tagged()
            let before = (try await office.tags(of: one), try await office.tags(of: other))
            let merge = try await office.merge(other, into: one)
            try await office.takeInTags()
            // Of two purposes the newer one holds; regions all do.
            #expect(try await office.holding(one) == ["purpose=rent", "region=徐汇", "region=浦东"])
            #expect(try await office.tags(of: other) == [])
            let renters = try await office.spine.read {
                try await SegmentStore($0).members([SegmentTest("tag.purpose", ["rent"])], limit: 9, now: Date())
            }
            #expect(renters.map(\.uid) == [one])
            let told = try #require(try await office.spine.events(of: PersonTagged.self).last)
            #expect(told.uid == one)
            #expect(told.tags.map(\.value).sorted() == ["rent", "徐汇", "浦东"])
            // What comes afterwards is of the side that it names.
            try await office.push(Office.enquiry("3", phone: "13900000002", more: #", "need": {"districts": ["静安"]}"#))
            try await office.takeInTags()
            #expect(try await office.holding(one).contains("region=静安"))

            try await office.unmerge(merge.id)
            try await office.takeInTags()
            #expect(try await office.tags(of: one) == before.0)
            #expect(try await office.tags(of: other).filter { $0.value != "静安" } == before.1)
            #expect(try await office.holding(other) == ["purpose=rent", "region=徐汇", "region=静安"])
            #expect(try await office.spine.events(of: PersonTagged.self).suffix(2).map(\.uid) == [one, other])
        }
    }

    @Test(
        "what staff said last of a tag that both sides have goes for the whole, and each side keeps what was said of it"
    )
    func judged() async throws {
        try await Office.open { office in
            let agent = try await office.staff()
            let (one, other) = try await office.tagged(districts: ("浦东", "浦东"))
            let (first, second) = (try await office.leads()[0], try await office.leads()[1])
            let who = Principal(staffID: agent.uuid, name: "A", email: "a@l.example", role: .manager, scope: .all)
            try await office.judge(first, "region", "浦东", isRight: true, by: who)
            let merge = try await office.merge(other, into: one)
            try await office.takeInTags()
            #expect(try await office.holding(one).contains("region=浦东"))
            try await office.judge(second, "region", "浦东", isRight: false, by: who)
            #expect(try await !office.holding(one).contains("region=浦东"))
            try await office.unmerge(merge.id)
            try await office.takeInTags()
            #expect(try await office.holding(one).contains("region=浦东"))
            #expect(try await !office.holding(other).contains("region=浦东"))
        }
    }

    @Test("what is counted is judged by nobody")
    func counted() async throws {
        try await Office.open { office in
            let agent = try await office.staff()
            _ = try await office.tagged()
            let lead = try await office.leads()[0]
            try await office.visit(lead, by: agent)
            try await office.takeInTags()
            let who = Principal(staffID: agent.uuid, name: "A", email: "a@l.example", role: .manager, scope: .all)
            await #expect(throws: (any Error).self) {
                try await office.judge(lead, "visits", "1", isRight: false, by: who)
            }
        }
    }

    @Test("nothing is put together of somebody who was forgotten, and the other side keeps its own")
    func forgotten() async throws {
        try await Office.open { office in
            let agent = try await office.staff()
            let (one, other) = try await office.tagged()
            try await office.visit(try await office.leads()[0], by: agent)
            let kept = try await office.tags(of: other)
            let merge = try await office.merge(other, into: one)
            try await office.takeInTags()
            try await office.unmerge(merge.id)
            // Before the tags have followed.
            try await office.spine.perform(.staff(.new())) {
                try await office.app.erasePerson(one, reason: "asked", $0)
            }
            try await office.takeInTags()
            #expect(try await office.tags(of: one) == [])
            #expect(try await office.tags(of: other) == kept)
        }
    }

    @Test(
        "after any merges, parts, visits and verdicts tags are as what was told of each side makes them",
        arguments: [2, 9, 77]
    )
    func anyOrder(_ seed: UInt64) async throws {
        try await Office.open { office in
            let agent = try await office.staff()
            var play = TagPlay(office: office, agent: agent, chance: Seeded(seed))
            for step in 0..<60 { try await play.act(step) }
            try await play.isAsTold()
            for merge in try await play.standing().shuffled(using: &play.chance) { try await office.unmerge(merge.id) }
            try await play.isAsTold()
            #expect(
                try await office.count("SELECT count(*) AS count FROM tags WHERE uid <> coalesce(told_of, uid)") == 0
            )
            #expect(try await office.count("SELECT count(*) AS count FROM tags_due") == 0)
        }
    }
}

/// Random doings about tags, and what was told of whom meanwhile.
private struct TagPlay {
    let office: Office
    let agent: StaffID
    var chance: Seeded
    private var regions: [UID: Set<String>] = [:]
    private var visits: [UID: Int] = [:]
    /// What was said of a region of a side, and as the how manieth.
    private var verdicts: [UID: [String: (turn: Int, isRight: Bool)]] = [:]

    init(office: Office, agent: StaffID, chance: Seeded) {
        (self.office, self.agent, self.chance) = (office, agent, chance)
    }

    mutating func act(_ step: Int) async throws {
        switch Int.random(in: 0..<12, using: &chance) {
        case 0..<4: try await enquire(step)
        case 4..<6: try await merge()
        case 6:
            if let merge = try await standing().randomElement(using: &chance) { try await office.unmerge(merge.id) }
        case 7: try await visit()
        case 8..<10: try await judge(step)
        default: try await office.takeInTags()
        }
    }

    private mutating func enquire(_ step: Int) async throws {
        let phone = "1390000000\(Int.random(in: 0..<6, using: &chance))"
        let region = "区\(Int.random(in: 0..<4, using: &chance))"
        try await office.push(
            Office.enquiry("\(step)", phone: phone, more: #", "need": {"districts": ["\#(region)"]}"#)
        )
        let side = try await office.spine.read { tx in
            try await tx.first("SELECT coalesce(origin, uid) AS side FROM identifiers WHERE value = \("+86" + phone)") {
                try $0["side"] as UID
            }
        }
        regions[try #require(side), default: []].insert(region)
    }

    private mutating func merge() async throws {
        let persons = try await persons().shuffled(using: &chance)
        if persons.count > 1 { try await office.merge(persons[0], into: persons[1]) }
    }

    private mutating func visit() async throws {
        guard let lead = try await office.leads().randomElement(using: &chance) else { return }
        let side = try #require(try await office.spine.read { try await LeadStore($0).side(of: lead.id) })
        try await office.visit(lead, by: agent)
        visits[side, default: 0] += 1
    }

    private mutating func judge(_ turn: Int) async throws {
        guard let lead = try await office.leads().randomElement(using: &chance) else { return }
        let known = try await office.tags(of: lead.uid).filter { $0.key == "region" }
        guard let tag = known.randomElement(using: &chance) else { return }
        let isRight = Bool.random(using: &chance)
        let who = Principal(staffID: agent.uuid, name: "A", email: "a@l.example", role: .manager, scope: .all)
        try await office.judge(lead, tag.key, tag.value, isRight: isRight, by: who)
        let side = try #require(try await office.spine.read { try await LeadStore($0).side(of: lead.id) })
        verdicts[side, default: [:]][tag.value] = (turn, isRight)
    }

    func standing() async throws -> [Merge] {
        let all = try await office.spine.read { tx in
            try await tx.all("SELECT uid FROM persons") { try $0["uid"] as UID }
        }
        return try await office.spine.read { try await MergeStore($0).of(all) }.filter(\.isStanding)
    }

    private func persons() async throws -> [UID] {
        try await office.spine.read { tx in
            try await tx.all("SELECT uid FROM persons WHERE uid NOT IN (SELECT uid FROM aliases) ORDER BY uid") {
                try $0["uid"]
            }
        }
    }

    /// What is kept and what holds follows from what was told of each side alone.
    func isAsTold() async throws {
        try await office.takeInTags()
        for person in try await persons() {
            let members = try await office.spine.read { try await AliasStore($0).everybody(behind: [person]) }
            let tags = try await office.tags(of: person)
            for side in members {
                let kept = tags.filter { $0.key == "region" && ($0.toldOf ?? person) == side }
                let said = verdicts[side] ?? [:]
                #expect(Set(kept.map(\.value)) == (regions[side] ?? []).union(said.keys))
                for tag in kept {
                    #expect(tag.standing == (said[tag.value].map { $0.isRight ? .confirmed : .rejected } ?? .open))
                }
            }
            let all = Set(members.flatMap { (regions[$0] ?? []).union((verdicts[$0] ?? [:]).keys) })
            let right = all.filter { region in
                members.compactMap { verdicts[$0]?[region] }.max { $0.turn < $1.turn }?.isRight != false
            }
            let holding = tags.filter(\.isWinner)
            #expect(holding.filter { $0.key == "region" }.map(\.value).sorted() == right.sorted())
            let times = members.compactMap { visits[$0] }.reduce(0, +)
            #expect(holding.filter { $0.key == "visits" }.map(\.value) == (times == 0 ? [] : ["\(times)"]))
        }
    }
}

extension Office {
    /// Two persons with tags, the older first.
    fileprivate func tagged(districts: (String, String) = ("浦东", "徐汇")) async throws -> (UID, UID) {
        for (number, purpose, district) in [(1, "buy", districts.0), (2, "rent", districts.1)] {
            let need = #", "need": {"purpose": "\#(purpose)", "districts": ["\#(district)"]}"#
            try await push(Office.enquiry("\(number)", phone: "1390000000\(number)", more: need))
        }
        try await takeInTags()
        let uids = try await leads().map(\.uid)
        return (uids[0], uids[1])
    }

    func tags(of uid: UID) async throws -> [Leads.Tag] {
        try await spine.read { try await TagStore($0).of([uid])[uid] ?? [] }
    }

    fileprivate func holding(_ uid: UID) async throws -> [String] {
        try await tags(of: uid).filter(\.isWinner).map { "\($0.key)=\($0.value)" }.sorted()
    }

    fileprivate func visit(_ lead: Lead, by agent: StaffID) async throws {
        let visit = ContactLogged(
            contactID: .new(),
            uid: lead.uid,
            leadID: lead.id,
            staffID: agent,
            kind: "visit",
            isReached: true,
            contactedAt: Date()
        )
        try await hear(visit, about: visit.contactID, uid: lead.uid)
    }
}
