import Contracts
import Foundation
import Messaging
import Postgres
import TestSupport
import Testing

@testable import Leads

@Suite("What is said of leads")
struct ScoreVersionTests {
    private struct Interrupted: Error {}

    private static let pupils = (0..<7).map { ($0 % 2 == 0 ? "buy" : "rent", 200 + $0) }

    @Test(
        "a deal that is won moves the order, told twice it moves nothing more, and opened again it is exactly as before"
    )
    func moved() async throws {
        try await Office.taught { office, agent in
            let pupils = try await office.enquire(Self.pupils)
            try await office.scoreAll()
            let before = try await office.percents()
            #expect(Set(before.keys) == Set(pupils.map(\.id)))
            #expect(Set(before.values).count == 2)
            let order = try await office.listed(.likeliest).map(\.lead.id)
            #expect(try await office.scoreVersion()?.number == 1)

            // Those who want to rent are the likelier ones now.
            let more = try await office.enquire((0..<12).map { ("rent", 300 + $0) })
            var deals: [(lead: Lead, deal: DealID, event: UUID)] = []
            for lead in more {
                let (deal, event) = (try await office.openDeal(of: lead, by: agent), UUID.v7())
                deals.append((lead, deal, event))
                try await office.win(deal, of: lead, by: agent, id: event)
                try await office.win(deal, of: lead, by: agent, id: event)
                try await office.win(deal, of: lead, by: agent)
            }
            try await office.scoreAll()
            let after = try await office.percents()
            #expect(Set(after.keys) == Set(pupils.map(\.id)))
            let first = try await office.listed(.likeliest).prefix(3).map(\.need?.purpose)
            #expect(first == ["rent", "rent", "rent"])
            #expect(try await office.scoreVersion()?.number == 2)
            try await office.expectListEqualsPages()
            // The same again is nothing new.
            try await office.win(deals[0].deal, of: deals[0].lead, by: agent, id: deals[0].event)
            try await office.scoreAll()
            #expect(try await office.scoreVersion()?.number == 2)

            for (lead, deal, _) in deals { try await office.reopen(deal, of: lead, by: agent) }
            try await office.scoreAll()
            #expect(try await office.scoreVersion()?.number == 3)
            #expect(try await office.percents() == before)
            let known = Set(order)
            #expect(try await office.listed(.likeliest).map(\.lead.id).filter(known.contains) == order)
            try await office.expectListEqualsPages()
        }
    }

    @Test("wherever a walk is stopped, the list says what the pages say, and the next one goes on where it was")
    func interrupted() async throws {
        try await Office.taught { office, agent in
            var pupils = try await office.enquire(Self.pupils)
            try await office.scoreAll()
            let teacher = try await office.enquire([("rent", 300)])[0]
            try await office.win(try await office.openDeal(of: teacher, by: agent), of: teacher, by: agent)
            var seen: Set<Int> = []
            var turns = 0
            while true {
                // A process of its own for every turn; every second one dies before its commit.
                let loop = ScoreLeads(spine: office.spine, atOnce: 2)
                let (percents, version) = (try await office.percents(), try await office.scoreVersion())
                if turns.isMultiple(of: 2) {
                    await #expect(throws: Interrupted.self) {
                        try await office.spine.perform(Cause(actor: "test")) { work in
                            _ = try await loop.turn(work)
                            throw Interrupted()
                        }
                    }
                    #expect(try await office.percents() == percents)
                    #expect(try await office.scoreVersion() == version)
                }
                let isMore = try await loop()
                seen.insert(try await office.expectListEqualsPages().count)
                turns += 1
                // Somebody comes, and somebody is spoken with, in the middle of it.
                if turns == 2 {
                    pupils += try await office.enquire([("buy", 400)])
                    try await office.hear(
                        ContactLogged.reached(pupils[5].uid, pupils[5].id, by: agent),
                        about: pupils[5].id
                    )
                }
                if !isMore && turns > 2 { break }
            }
            try await office.scoreAll()
            #expect(seen.contains(2), "the leads went by two versions meanwhile")
            #expect(turns > 4)
            #expect(try await office.scoreVersion()?.isEverywhere == true)
            let known = pupils.map(\.id)
            let now = try await office.spine.read { tx in
                let model = try await ScoreStore(tx).model()
                return try await ScoreStore(tx).facts(of: known, isClosed: false).mapValues {
                    model.score($0.facts)?.percent
                }
            }
            #expect(try await office.percents().mapValues { $0 as Int? } == now)
            #expect(now.count == 8)
        }
    }

    @Test("replicas that take their turns at once make each version once and say the same")
    func replicas() async throws {
        try await Office.taught { office, agent in
            try await office.enquire(Self.pupils)
            for number in 1...3 {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<4 {
                        group.addTask { while try await ScoreLeads(spine: office.spine, atOnce: 2)() {} }
                    }
                    try await group.waitForAll()
                }
                try await office.scoreAll()
                #expect(try await office.scoreVersion()?.number == number)
                #expect(try await office.percents().count == 7)
                try await office.expectListEqualsPages()
                let teacher = try await office.enquire([("rent", 300 + number)])[0]
                try await office.lose(try await office.openDeal(of: teacher, by: agent), of: teacher, by: agent)
            }
        }
    }

    @Test("below the minimum of cases nothing is said, nothing is kept, and changes are not heaped up")
    func silent() async throws {
        try await Office.taught(minimumCases: 9) { office, agent in
            let pupils = try await office.enquire(Self.pupils)
            try await office.scoreAll()
            #expect(try await office.percents().isEmpty)
            #expect(try await office.scoreVersion() == nil)
            #expect(try await office.count("SELECT count(*) AS count FROM score_changes") == 0)
            #expect(try await office.explained(pupils[0].id) == nil)

            let teacher = try await office.enquire([("buy", 300)])[0]
            let deal = try await office.openDeal(of: teacher, by: agent)
            try await office.win(deal, of: teacher, by: agent)
            try await office.scoreAll()
            #expect(Set(try await office.percents().keys) == Set(pupils.map(\.id)))

            try await office.reopen(deal, of: teacher, by: agent)
            // Until the walk has come there the old number stands, in the list and on the page.
            _ = try await ScoreLeads(spine: office.spine, atOnce: 2)()
            try await office.expectListEqualsPages()
            #expect(try await office.percents().count < 7)
            try await office.scoreAll()
            #expect(try await office.percents().isEmpty)
            #expect(try await office.count("SELECT count(*) AS count FROM lead_scores") == 0)

            // And back: also of whoever came, changed or was closed while nothing was said.
            try await office.enquire([("rent", 301)])
            try await office.discard(pupils[1].id)
            try await office.scoreAll()
            try await office.wish(minimumCases: 8)
            try await office.scoreAll()
            let expected = Set(try await office.leads().filter(\.status.isOpen).map(\.id))
            #expect(Set(try await office.percents().keys) == expected)
            #expect(expected.contains(pupils[1].id) == false)
            try await office.expectListEqualsPages()
        }
    }

    @Test("what changes about a lead changes what is said of it, and a lead that is closed is silent at once")
    func facts() async throws {
        try await Office.taught { office, agent in
            let pupils = try await office.enquire(Self.pupils)
            try await office.scoreAll()
            try await office.hear(ContactLogged.reached(pupils[0].uid, pupils[0].id, by: agent), about: pupils[0].id)
            try await office.discard(pupils[1].id)
            // Before anybody has come to it.
            try await office.expectListEqualsPages()
            #expect(try await office.percents()[pupils[1].id] == nil)
            try await office.scoreAll()
            let response = try await office.explained(pupils[0].id)?.score.contributions.first {
                $0.factor == .response
            }
            #expect(response?.value == ResponseBand.of(seconds: 1))
            #expect(try await office.count("SELECT count(*) AS count FROM lead_scores") == 6)

            try await office.spine.perform(Cause(actor: "test")) { work in
                try await ChannelStore(work.tx).save([
                    Channel(ChannelSeed(name: "web", kind: "portal", key: "secret"))
                ])
            }
            try await office.scoreAll()
            let kinds = try await office.explained(pupils[2].id)?.score.contributions.filter {
                $0.factor == .channelKind
            }
            #expect(kinds?.map(\.value) == ["portal"])
            try await office.expectListEqualsPages()
        }
    }

    @Test(
        "of people who are joined one lead stands and is spoken of; parted again both are; of the forgotten nothing is kept"
    )
    func persons() async throws {
        try await Office.taught { office, _ in
            let pupils = try await office.enquire([("buy", 200), ("rent", 201), ("rent", 202)])
            try await office.scoreAll()
            let before = try await office.percents()
            let merge = try await office.merge(pupils[1].uid, into: pupils[0].uid)
            try await office.expectListEqualsPages()
            try await office.scoreAll()
            #expect(try await office.percents().count == 2)
            #expect(try await office.count("SELECT count(*) AS count FROM lead_scores") == 2)
            try await office.unmerge(merge.id)
            try await office.scoreAll()
            #expect(try await office.percents() == before)

            try await office.spine.perform(.staff(.new())) { work in
                try await office.app.erasePerson(pupils[2].uid, reason: "asked", work)
            }
            try await office.expectListEqualsPages()
            try await office.scoreAll()
            #expect(Set(try await office.percents().keys) == Set(pupils.prefix(2).map(\.id)))
            #expect(try await office.count("SELECT count(*) AS count FROM lead_scores") == 2)
        }
    }
}

extension Office {
    func discard(_ lead: LeadID) async throws {
        try await spine.perform(.staff(.new())) { work in
            try await app.discardLead(lead, reason: "spam", note: nil, Cast.head.principal.leadSight, work)
        }
    }
}
