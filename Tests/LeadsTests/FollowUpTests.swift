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

@Suite("What is to follow")
struct FollowUpTests {
    private static let hour: TimeInterval = 3_600

    /// A lead of grade A that was spoken with just now.
    private func spokenWith(_ office: Office, next: String? = nil, nextAt: Date? = nil) async throws -> Lead {
        let manager = try await office.staff(role: "manager")
        let agent = try await office.staff(manager: manager)
        let more = #", "need": {"budget": {"max": 400000000}, "timeframe": "3m"}"#
        try await office.push(Office.enquiry("1", more: more))
        let lead = try #require(try await office.leads().first)
        #expect(lead.grade == .a)
        let now = office.spine.clock.now.toMilliseconds
        try await office.calls(lead, by: agent, isReached: true, at: now, next: next, nextAt: nextAt)
        return try #require(try await office.leads().first)
    }

    private func followUp(_ office: Office, _ lead: LeadID) async throws -> FollowUp? {
        try await office.spine.read { try await FollowUpStore($0).of([lead])[lead] }
    }

    private func told(_ office: Office) async throws -> [String] {
        try await office.spine.events(of: LeadFollowUpDue.self).map(\.step)
    }

    @Test("days for each grade are counted from a moment", arguments: [(Grade.a, 24.0), (.b, 72), (.c, 168)])
    func standard(_ grade: Grade, _ hours: Double) throws {
        let now = Date(timeIntervalSince1970: 1_800_000_000)
        let lead = Lead(id: .new(), uid: .new(), grade: grade, channel: "web", responseDueAt: now, receivedAt: now)
        let policy = Versioned(value: FollowUpPolicy.standard, version: 3)
        let followUp = FollowUp.standard(lead, since: now, policy)
        #expect(followUp.dueAt == now.addingTimeInterval(hours * Self.hour))
        #expect(followUp.why.version == 3 && followUp.setBy == nil)
        #expect(followUp.advanced?.followUp.nextStepAt(.standard) == followUp.dueAt.addingTimeInterval(24 * Self.hour))
        #expect(followUp.advanced?.followUp.advanced?.followUp.advanced == nil)
    }

    @Test("nobody calls again: the owner is reminded when it is due, then the manager hears of it, once each, with why")
    func ladder() async throws {
        try await Office.open { office in
            let lead = try await spokenWith(office)
            let due = try #require(try await followUp(office, lead.id)).dueAt
            let contacted = try #require(lead.contactedAt)
            #expect(abs(due.timeIntervalSince(contacted) - 24 * Self.hour) < 1)
            try await office.spine.fireTimers(office.app.timers, now: due.addingTimeInterval(-60))
            #expect(try await told(office) == [])
            for _ in 0..<2 { try await office.spine.fireTimers(office.app.timers, now: due.addingTimeInterval(2)) }
            #expect(try await told(office) == ["owner"])
            try await office.spine.fireTimers(office.app.timers, now: due.addingTimeInterval(25 * Self.hour))
            try await office.spine.fireTimers(office.app.timers, now: due.addingTimeInterval(72 * Self.hour))
            let events = try await office.spine.events(of: LeadFollowUpDue.self)
            #expect(events.map(\.step) == ["owner", "manager"])
            #expect(events.map { $0.managerID == nil } == [true, false])
            #expect(events.map(\.why.rule) == ["follow-up.owner", "follow-up.manager"])
            let decided: SQL = "SELECT count(*) AS count FROM decisions WHERE kind = 'follow-up'"
            #expect(try await office.count(decided) == 3)
        }
    }

    @Test("what was agreed counts instead, and a call or another date begins the count anew")
    func agreed() async throws {
        try await Office.open { office in
            let now = office.spine.clock.now.toMilliseconds
            let lead = try await spokenWith(office, next: "约周六看房", nextAt: now.addingTimeInterval(2 * Self.hour))
            let first = try #require(try await followUp(office, lead.id))
            #expect(first.note == "约周六看房" && first.setBy == lead.ownerID && first.why.rule == "follow-up.agreed")
            try await office.spine.fireTimers(office.app.timers, now: first.dueAt.addingTimeInterval(1))
            #expect(try await told(office) == ["owner"])
            let agent = try #require(lead.ownerID)
            try await office.calls(lead, by: agent, isReached: false, at: office.spine.clock.now.toMilliseconds)
            let second = try #require(try await followUp(office, lead.id))
            #expect(second.step == .waiting && second.note == nil && second.why.rule == "follow-up.standard")
            // The manager is not told of what was due before.
            try await office.spine.fireTimers(office.app.timers, now: second.dueAt.addingTimeInterval(-60))
            #expect(try await told(office) == ["owner"])
            // What is told late of an earlier call changes nothing.
            try await office.calls(lead, by: agent, isReached: true, at: first.setAt.addingTimeInterval(-60))
            #expect(try await followUp(office, lead.id) == second)
        }
    }

    @Test("it ends with the lead, and begins anew with whoever has it next")
    func ended() async throws {
        try await Office.open { office in
            let lead = try await spokenWith(office)
            let sight = Cast.head.principal.leadSight
            let other = try await office.staff()
            try await office.spine.fireTimers(office.app.timers, now: Date().addingTimeInterval(25 * Self.hour))
            #expect(try await told(office) == ["owner"])
            try await office.spine.perform(Cause(actor: "test")) { work in
                try await office.app.reassignLead(lead.id, to: other, sight, work)
            }
            let again = try #require(try await followUp(office, lead.id))
            #expect(again.step == .waiting && again.dueAt > office.spine.clock.now)
            try await office.spine.perform(Cause(actor: "test")) { work in
                try await office.app.discardLead(lead.id, reason: "no-need", note: nil, sight, work)
            }
            #expect(try await followUp(office, lead.id) == nil)
            #expect(try await office.count("SELECT count(*) AS count FROM timers WHERE kind = 'leads.follow-up'") == 0)
            try await office.spine.perform(Cause(actor: "test")) { work in
                try await office.app.reopenLead(lead.id, reason: "other", note: nil, sight, work)
            }
            #expect(try await followUp(office, lead.id)?.step == .waiting)
            var opened = DealOpened.example
            (opened.uid, opened.leadID) = (lead.uid, lead.id)
            try await office.hear(opened, about: opened.dealID, uid: lead.uid, sequence: 1)
            #expect(try await followUp(office, lead.id) == nil)
        }
    }

    @Test("whoever looks after a lead says by hand when to call, ahead and with what for; others hear of it")
    func byHand() async throws {
        try await FrontDoor.open { office, client, head in
            let lead = try await spokenWith(office)
            let path = "/leads/leads/\(lead.id)"
            let page = try await client.get(path, as: head)
            #expect(page.text.contains("\(path)/next-action") && page.text.contains("Call again"))
            #expect(page.missingWords == [])
            let form = ["nextAt": "2030-01-01T10:00", "nextNote": "寄资料"]
            #expect(try await client.post("\(path)/next-action", form: form, as: head).status == 422)
            let due = office.spine.clock.now.addingTimeInterval(48 * Self.hour).toMilliseconds
            let api = "/leads/api/v1/leads/\(lead.id)/next-action"
            let body = #"{"at": "\#(Wire.text(of: due))", "note": "寄资料"}"#
            let answer = try await client.post(api, json: body, as: head)
            #expect(answer.status == 200 && answer.text.contains(#""nextNote":"寄资料""#))
            #expect(try await client.post(api, json: #"{"at": "\#(Wire.text(of: due))"}"#, as: head).status == 422)
            let events = try await office.spine.events(of: LeadFollowUpSet.self)
            #expect(events.map(\.dueAt) == [due] && events.map(\.staffID) == [StaffID(head.staffID)])
            let shown = try await client.get(path, as: head)
            #expect(shown.text.contains("寄资料") && shown.missingWords == [])
            let list = try await client.get("/leads/leads?sort=due", as: head)
            #expect(list.text.contains("寄资料") && list.missingWords == [])
        }
    }

    @Test("the list by what is due has first calls and later ones in one order, page by page, and those due alone")
    func sorted() async throws {
        try await FrontDoor.open { office, client, head in
            let agent = try await office.staff()
            try await office.push(Office.enquiries(9))
            let leads = try await office.leads()
            let now = office.spine.clock.now.toMilliseconds
            // Three are called again at hours to come, one a minute ago; one is given up; the others wait for their first call.
            for (lead, hours) in zip(leads, [30.0, 3, -1.0 / 60, 200]) {
                let at = now.addingTimeInterval(hours * Self.hour)
                try await office.calls(lead, by: agent, isReached: true, at: now, next: "call", nextAt: at)
            }
            try await office.spine.perform(Cause(actor: "test")) { work in
                let sight = Cast.head.principal.leadSight
                try await office.app.discardLead(leads[8].id, reason: "spam", note: nil, sight, work)
            }
            let sight = head.leadSight
            let whole = try await office.spine.read {
                try await LeadListStore($0).list(LeadFilter(), sight, .due, limit: 20)
            }
            let expected = leads[4...7].map(\.id)
            #expect(whole.first?.lead.id == leads[2].id)
            #expect(whole.dropFirst().prefix(5).map(\.lead.id).filter { expected.contains($0) } == expected)
            #expect(whole.suffix(3).map(\.lead.id) == [leads[0].id, leads[3].id, leads[8].id])
            var paged: [LeadID] = []
            var place: LeadPlace?
            repeat {
                let after = place
                let page = try await office.spine.read {
                    try await LeadListStore($0).list(LeadFilter(), sight, .due, after: after, limit: 2)
                }
                paged += page.map(\.lead.id)
                place = try page.last.map { try LeadOrder.due.place(LeadOrder.due.cursor(after: $0)) }
                if page.count < 2 { place = nil }
            } while place != nil
            #expect(paged == whole.map(\.lead.id))
            let items = try await client.get("/leads/api/v1/leads?due=now&sort=due", as: head).text
            #expect(items.contains(leads[2].id.description) && !items.contains(leads[0].id.description))
            #expect(try await client.get("/leads/leads?due=today", as: head).missingWords == [])
            #expect(try await client.get("/leads/api/v1/leads?due=never", as: head).status == 422)
        }
    }
}
