import Contracts
import Foundation
import Messaging
import Policies
import Postgres
import TestSupport
import Testing
import Web

@testable import Leads

@Suite("What is to follow while Sales has a deal")
struct DealFollowUpTests {
    private static let day = 86_400.0

    /// Somebody who was spoken with and has a deal, and who asks again afterwards: the first lead and the second.
    private func buyer(_ office: Office) async throws -> (sold: Lead, asked: Lead, deal: DealOpened) {
        let agent = try await office.staff()
        try await office.push(Office.enquiry("1"))
        let sold = try #require(try await office.leads().first)
        try await office.calls(sold, by: agent, isReached: true, at: office.spine.clock.now.toMilliseconds)
        var deal = DealOpened.example
        (deal.uid, deal.leadID, deal.ownerID) = (sold.uid, sold.id, agent)
        try await office.hear(deal, about: deal.dealID, uid: sold.uid, sequence: 1)
        try await office.push(Office.enquiry("2"))
        let leads = try await office.leads()
        try #require(leads.map(\.status) == [.converted, .open])
        return (leads[0], leads[1], deal)
    }

    private func followUp(_ office: Office, _ lead: LeadID) async throws -> FollowUp? {
        try await office.spine.read { try await FollowUpStore($0).of([lead])[lead] }
    }

    private func close(_ deal: DealOpened, _ office: Office) async throws {
        let lost = DealLost(
            dealID: deal.dealID,
            uid: deal.uid,
            leadID: deal.leadID,
            ownerID: deal.ownerID,
            reason: "price"
        )
        let message = UUID.v7()
        for _ in 0..<2 {
            try await office.hear(lost, about: deal.dealID, uid: deal.uid, id: message, sequence: 3)
        }
    }

    private func told(_ office: Office) async throws -> [String] {
        try await office.spine.events(of: LeadFollowUpDue.self).map(\.step)
            + office.spine.events(of: LeadIdle.self).map(\.step)
    }

    @Test("another lead asks nobody to call from scratch and falls to no pool; once the deal is lost its days count")
    func another() async throws {
        try await Office.open { office in
            let (_, asked, deal) = try await buyer(office)
            try await office.calls(asked, by: deal.ownerID, isReached: true, at: office.spine.clock.now.toMilliseconds)
            #expect(try await office.leads()[1].status == .contacted)
            #expect(try await followUp(office, asked.id) == nil)
            let start = office.spine.clock.now
            for days in [8.0, 20, 40, 60] {
                try await office.spine.fireTimers(office.app.timers, now: start.addingTimeInterval(days * Self.day))
            }
            #expect(try await told(office) == [])
            let owner = try await office.leads()[1].ownerID
            #expect(owner == deal.ownerID)

            try await close(deal, office)
            let since = office.spine.clock.now
            let next = try #require(try await followUp(office, asked.id))
            #expect(next.why.rule == "follow-up.standard" && next.dueAt > since)
            try await office.spine.fireTimers(office.app.timers, now: since.addingTimeInterval(6 * Self.day))
            #expect(try await office.spine.events(of: LeadIdle.self) == [])
            for days in [8.0, 20, 40] {
                try await office.spine.fireTimers(office.app.timers, now: since.addingTimeInterval(days * Self.day))
            }
            #expect(try await office.spine.events(of: LeadIdle.self).map(\.step) == ["owner", "manager", "pool"])
        }
    }

    @Test("what only the policy says ends when a deal is opened, what was agreed is still reminded of")
    func opened() async throws {
        try await Office.open { office in
            let (_, asked, first) = try await buyer(office)
            try await close(first, office)
            let now = office.spine.clock.now.toMilliseconds
            try await office.calls(asked, by: first.ownerID, isReached: true, at: now)
            #expect(try await followUp(office, asked.id)?.why.rule == "follow-up.standard")
            // Of the other lead, which is closed already.
            var again = first
            again.dealID = .new()
            let message = UUID.v7()
            for _ in 0..<2 {
                try await office.hear(again, about: again.dealID, uid: again.uid, id: message, sequence: 1)
            }
            #expect(try await followUp(office, asked.id) == nil)
            let whys: SQL = "SELECT count(*) AS count FROM decisions WHERE kind = 'follow-up' AND outcome = 'deal'"
            #expect(try await office.count(whys) == 1)
            let due = now.addingTimeInterval(3_600)
            let later = now.addingTimeInterval(1)
            try await office.calls(asked, by: first.ownerID, isReached: true, at: later, next: "寄资料", nextAt: due)
            try await office.spine.fireTimers(office.app.timers, now: due.addingTimeInterval(1))
            #expect(try await told(office) == ["owner"])
        }
    }

    @Test("a lead that has become a deal says what goes on there, and what was agreed since; its end takes both away")
    func shown() async throws {
        try await FrontDoor.open { office, client, head in
            let agent = try await office.staff()
            try await office.push(Office.enquiry("1"))
            let lead = try #require(try await office.leads().first)
            var deal = DealOpened.example
            (deal.uid, deal.leadID, deal.ownerID) = (lead.uid, lead.id, agent)
            try await office.hear(deal, about: deal.dealID, uid: lead.uid, sequence: 1)
            let path = "/leads/leads/\(lead.id)"
            func page(_ language: Language = .english) async throws -> String {
                var viewer = head
                viewer.language = language
                let answer = try await client.get(path, as: viewer)
                #expect(answer.status == 200 && answer.missingWords == [])
                return answer.text
            }
            #expect(try await page().contains("Go on with the deal in Sales"))
            var moved = DealStageChanged.example
            (moved.dealID, moved.uid, moved.ownerID, moved.to) = (deal.dealID, lead.uid, agent, "negotiation")
            try await office.hear(moved, about: deal.dealID, uid: lead.uid, sequence: 2)
            #expect(try await page().contains("Go on with the deal: negotiation"))
            #expect(try await page(.chinese).contains("合同洽谈"))
            let list = try await client.get("/leads/leads?status=converted", as: head)
            #expect(list.text.contains("Go on with the deal: negotiation") && list.missingWords == [])

            let now = office.spine.clock.now.toMilliseconds
            let due = now.addingTimeInterval(2 * Self.day)
            try await office.calls(lead, by: agent, isReached: true, at: now, next: "带看", nextAt: due)
            #expect(try await page().contains("带看"))
            #expect(try await office.count("SELECT count(*) AS count FROM timers WHERE kind = 'leads.follow-up'") == 0)
            let answer = try await client.get("/leads/api/v1/leads/\(lead.id)", as: head)
            #expect(answer.text.contains(#""nextNote":"带看""#) && answer.text.contains(#""hasDeal":true"#))
            try await close(deal, office)
            #expect(try await !page().contains("带看"))
            #expect(try await !page().contains("Go on with the deal"))
            #expect(try await followUp(office, lead.id) == nil)
        }
    }

    @Test("what was agreed before the deal was opened is still to follow, without another reminder from here")
    func agreedBefore() async throws {
        try await Office.open { office in
            let agent = try await office.staff()
            try await office.push(Office.enquiry("1"))
            let lead = try #require(try await office.leads().first)
            let now = office.spine.clock.now.toMilliseconds
            let due = now.addingTimeInterval(2 * Self.day)
            try await office.calls(lead, by: agent, isReached: true, at: now, next: "带看", nextAt: due)
            var deal = DealOpened.example
            (deal.uid, deal.leadID, deal.ownerID) = (lead.uid, lead.id, agent)
            try await office.hear(deal, about: deal.dealID, uid: lead.uid, sequence: 1)
            #expect(try await followUp(office, lead.id)?.note == "带看")
            try await office.spine.fireTimers(office.app.timers, now: due.addingTimeInterval(9 * Self.day))
            #expect(try await told(office) == [])
        }
    }
}
