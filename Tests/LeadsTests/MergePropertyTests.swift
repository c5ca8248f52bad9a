import Contracts
import Failures
import Foundation
import Messaging
import Postgres
import TestSupport
import Testing

@testable import Leads

@Suite("Merges in any order")
struct MergePropertyTests {
    @Test(
        "whatever is merged and taken back, all is as a rebuild from the journal makes it",
        arguments: [1, 7, 42, 1_809]
    )
    func rebuild(_ seed: UInt64) async throws {
        try await Office.open { office in
            try await office.staff()
            try await office.staff()
            var chance = Chance(seed)
            for step in 0..<28 { try await act(step, office, &chance) }
            try await isAsRebuilt(office)
            // All is taken back, in any order: nobody has anything that was not told of them.
            var standing = try await office.standingMerges()
            #expect(!standing.isEmpty)
            while !standing.isEmpty {
                try await office.unmerge(standing.remove(at: chance.below(standing.count)).id)
            }
            try await isAsRebuilt(office)
            let strangers: SQL = """
                SELECT (SELECT count(*) FROM identifiers WHERE uid <> coalesce(origin, uid))
                     + (SELECT count(*) FROM leads WHERE uid <> coalesce(origin, uid) OR merged_into IS NOT NULL)
                     + (SELECT count(*) FROM aliases) AS count
                """
            #expect(try await office.count(strangers) == 0)
        }
    }

    private func act(_ step: Int, _ office: Office, _ chance: inout Chance) async throws {
        let persons = try await office.roots()
        switch chance.below(10) {
        case 0..<5:
            let name = ["张三", "李四"][chance.below(2)]
            let email = chance.below(2) == 0 ? "p\(chance.below(5))@example.com" : nil
            let consent = [#", "consent": {"sms": true}"#, #", "consent": {"sms": false}"#, ""][chance.below(3)]
            let body = Office.enquiry("\(step)", phone: "1390000000\(chance.below(6))", email: email, more: consent)
            try await office.push(body.replacingOccurrences(of: "张三", with: name))
        case 5..<8 where persons.count > 1:
            let pair = [persons[chance.below(persons.count)], persons[chance.below(persons.count)]]
            if pair[0] != pair[1] { try await office.merge(pair[0], into: pair[1]) }
        default:
            let standing = try await office.standingMerges()
            if !standing.isEmpty { try await office.unmerge(standing[chance.below(standing.count)].id) }
        }
    }

    /// Who everybody is follows from the journal's merges; what holds of them, from what was told of each UID.
    private func isAsRebuilt(_ office: Office) async throws {
        let tree = try await office.treeOfJournal()
        let cards = try await office.cardsOfJournal()
        for uid in try await office.everybody() {
            #expect(try await office.survivor(of: uid) == tree.survivor(of: uid))
        }
        let persons = try await office.roots()
        let sides = try await office.sides(persons)
        let stored = try await office.spine.read { try await PersonStore($0).all(persons) }
        for uid in persons {
            let side = try #require(sides[uid])
            let person = try #require(stored[uid])
            #expect(side.members == tree.members(of: uid))
            #expect(side.identifiers.allSatisfy { tree.survivor(of: $0.origin) == uid })
            #expect(side.leads.allSatisfy { tree.survivor(of: $0.origin) == uid })
            #expect(person == side.person)
            let told = try #require(cards[uid])
            #expect(told.person.name == person.name)
            #expect(Set(told.person.phones) == Set(person.card.phones))
            #expect(Set(told.person.emails) == Set(person.card.emails))
            #expect(told.consent == person.consent)
            #expect(side.leads.filter(\.status.isOpen).count == 1)
            let ids = Set(side.leads.map(\.id))
            #expect(side.leads.compactMap(\.mergedInto).allSatisfy(ids.contains))
        }
        #expect(try await AuditLedger(spine: office.spine)().breaches == [])
    }
}

/// Chance that can be repeated.
private struct Chance {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

    mutating func below(_ limit: Int) -> Int {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return Int(state % UInt64(limit))
    }
}

extension Office {
    fileprivate func everybody() async throws -> [UID] {
        try await spine.read { tx in try await tx.all("SELECT uid FROM persons ORDER BY uid") { try $0["uid"] } }
    }

    fileprivate func roots() async throws -> [UID] {
        try await spine.read { tx in
            try await tx.all("SELECT uid FROM persons WHERE uid NOT IN (SELECT uid FROM aliases) ORDER BY uid") {
                try $0["uid"]
            }
        }
    }

    fileprivate func standingMerges() async throws -> [Merge] {
        let everybody = try await everybody()
        return try await spine.read { try await MergeStore($0).of(everybody) }.filter(\.isStanding)
    }

    /// Who is who, by nothing but what the journal tells.
    fileprivate func treeOfJournal() async throws -> AliasTree {
        var tree = AliasTree()
        for (name, data) in try await journal() {
            switch name {
            case PersonMerged.name.text:
                let event = try data.decode(PersonMerged.self)
                tree.merge(event.mergedUID, into: event.uid, event.mergeID)
            case PersonUnmerged.name.text: tree.unmerge(try data.decode(PersonUnmerged.self).unmergedUID)
            default: break
            }
        }
        return tree
    }

    /// Everybody as the other services know them from the journal's events.
    fileprivate func cardsOfJournal() async throws -> [UID: PersonIdentified] {
        var cards: [UID: PersonIdentified] = [:]
        for (name, data) in try await journal() where name == PersonIdentified.name.text {
            let event = try data.decode(PersonIdentified.self)
            cards[event.uid] = event
        }
        return cards
    }

    private func journal() async throws -> [(name: String, data: JSONText)] {
        try await spine.read { tx in
            try await tx.all("SELECT name, data FROM journal ORDER BY position") {
                (name: try $0["name"] as String, data: try $0["data"] as JSONText)
            }
        }
    }
}
