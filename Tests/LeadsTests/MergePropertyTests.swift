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
        "whatever is told, corrected, joined, kept apart and taken back, all is as what was told of each side makes it",
        arguments: [1, 7, 42, 99, 365, 1_809, 4_711, 86_400, 271_828, 314_159]
    )
    func anyOrder(_ seed: UInt64) async throws {
        try await Office.open { office in
            let agent = try await office.staff()
            try await office.staff()
            var play = MergePlay(office, agent: agent, seed: seed)
            for _ in 0..<50 { try await play.act() }
            try await isAsRebuilt(office)
            try await play.isAsTold()
            // All is taken back, in any order: nobody has anything that was not told of them.
            for merge in try await office.standingMerges().shuffled(using: &play.chance) {
                try await office.unmerge(merge.id)
            }
            try await isAsRebuilt(office)
            try await play.isAsTold()
            let strangers: SQL = """
                SELECT (SELECT count(*) FROM identifiers WHERE uid <> coalesce(origin, uid))
                     + (SELECT count(*) FROM leads WHERE uid <> coalesce(origin, uid) OR merged_into IS NOT NULL)
                     + (SELECT count(*) FROM tags WHERE uid <> coalesce(told_of, uid))
                     + (SELECT count(*) FROM aliases) AS count
                """
            #expect(try await office.count(strangers) == 0)
        }
    }

    /// Who everybody is follows from the journal's merges; what holds of them, from what was told of each UID.
    private func isAsRebuilt(_ office: Office) async throws {
        let tree = try await office.treeOfJournal()
        let cards = try await office.cardsOfJournal()
        let contacted = Set(try await office.spine.events(of: LeadContacted.self).map(\.leadID))
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
            #expect(told.grounds == person.consents.told)
            #expect(side.leads.filter(\.status.isOpen).count == 1)
            let ids = Set(side.leads.map(\.id))
            for lead in side.leads {
                #expect(((lead.hiddenStatus ?? lead.status) == .contacted) == contacted.contains(lead.id))
            }
            #expect(side.leads.compactMap(\.mergedInto).allSatisfy(ids.contains))
        }
        #expect(try await AuditLedger(spine: office.spine)().breaches == [])
    }
}

extension Office {
    func everybody() async throws -> [UID] {
        try await spine.read { tx in try await tx.all("SELECT uid FROM persons ORDER BY uid") { try $0["uid"] } }
    }

    func roots() async throws -> [UID] {
        try await spine.read { tx in
            try await tx.all("SELECT uid FROM persons WHERE uid NOT IN (SELECT uid FROM aliases) ORDER BY uid") {
                try $0["uid"]
            }
        }
    }

    func standingMerges() async throws -> [Merge] {
        let everybody = try await everybody()
        return try await spine.read { try await MergeStore($0).of(everybody) }.filter(\.isStanding)
    }

    /// Who is who, by nothing but what the journal tells.
    func treeOfJournal() async throws -> AliasTree {
        var tree = AliasTree()
        for (name, data) in try await journal() {
            switch name {
            case PersonMerged.name.text:
                let event = try data.decode(PersonMerged.self)
                tree.merge(event.mergedUID, into: event.uid, at: .distantPast)
            case PersonUnmerged.name.text: tree.unmerge(try data.decode(PersonUnmerged.self).unmergedUID)
            default: break
            }
        }
        return tree
    }

    /// Everybody as the other services know them from the journal's events.
    func cardsOfJournal() async throws -> [UID: PersonIdentified] {
        var cards: [UID: PersonIdentified] = [:]
        for (name, data) in try await journal() {
            switch name {
            case PersonIdentified.name.text:
                let event = try data.decode(PersonIdentified.self)
                cards[event.uid] = event
            case ConsentChanged.name.text:
                let event = try data.decode(ConsentChanged.self)
                cards[event.uid]?.consent = event.consent
                cards[event.uid]?.grounds = event.grounds
            default: break
            }
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
