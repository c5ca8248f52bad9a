import Contracts
import Failures
import Foundation
import HTTPTypes
import Messaging
import Postgres
import TestSupport
import Testing
import Web

@testable import Leads

@Suite("The inbox of leads")
struct InboxTests {
    /// Leads of different channels, campaigns and projects.
    private func fill(_ office: Office) async throws {
        try await office.push(
            Office.enquiry(
                "1",
                phone: "13800000001",
                more: #", "campaign": "autumn", "need": {"projects": ["river-park"]}"#
            ),
            Office.enquiry(
                "2",
                phone: "13800000002",
                more: #", "campaign": "spring", "need": {"projects": ["garden"]}"#
            ),
            Office.enquiry("3", phone: "13800000003")
        )
    }

    @Test(
        "every filter narrows the list, alone and together with others",
        arguments: [
            ("campaign=autumn", 1), ("project=garden", 1), ("channel=web", 3), ("channel=web&campaign=spring", 1),
            ("period=1d", 3), ("status=open&channel=web&period=7d", 3), ("status=converted", 0), ("grade=A", 0),
            ("campaign=autumn&project=garden", 0), ("view=pool", 0), ("owner=nonsense", 3), ("q=%E5%BC%A0%E4%B8%89", 3),
        ]
    )
    func narrowed(_ query: String, _ count: Int) async throws {
        try await FrontDoor.open { office, client, head in
            try await office.staff()
            try await fill(office)
            let page = try await client.get("/leads/leads?\(query)", as: head)
            #expect(page.status == 200)
            #expect(page.text.matches(of: /<tr id="row-/).count == count)
            #expect(page.missingWords == [])
        }
    }

    @Test("a list is kept under a name, for oneself, and forgotten")
    func saved() async throws {
        try await FrontDoor.open { office, client, head in
            try await office.staff()
            let form = ["name": "秋季活动", "back": "?campaign=autumn&status=open"]
            #expect(try await client.post("/leads/views", form: form, as: head).status == 303)
            let page = try await client.get("/leads/leads", as: head)
            #expect(page.text.contains("秋季活动"))
            #expect(page.text.contains("/leads/leads?status=open&amp;campaign=autumn"))
            var other = head
            other.staffID = .v7()
            #expect(try await client.get("/leads/leads", as: other).text.contains("秋季活动") == false)
            _ = try await client.post("/leads/views/remove", form: ["name": "秋季活动"], as: head)
            #expect(try await client.get("/leads/leads", as: head).text.contains("秋季活动") == false)
            #expect(try await client.post("/leads/views", form: ["name": "", "back": ""], as: head).status == 422)
        }
    }

    private func change(
        _ office: Office,
        _ leads: [LeadID],
        _ act: BulkAct,
        _ by: Cast = .head
    ) async throws -> BulkResult {
        try await office.spine.perform(.staff(StaffID(by.id))) { work in
            try await office.app.changeLeads(leads, act, by.principal.leadSight, work)
        }
    }

    private func undo(_ office: Office, _ id: UUID, _ by: Cast = .head) async throws {
        try await office.spine.perform(.staff(StaffID(by.id))) { try await office.app.changeLeads.undo(id, $0) }
    }

    @Test("several leads are given to an agent and back again; those that it cannot be done with are named")
    func assigned() async throws {
        try await Office.open { office in
            let first = try await office.staff()
            try await fill(office)
            let second = try await office.staff()
            let leads = try await office.leads()
            try await office.spine.perform(.staff(first)) { work in
                try await office.app.discardLead(
                    leads[0].id,
                    reason: "spam",
                    note: nil,
                    Cast.head.principal.leadSight,
                    work
                )
            }
            let result = try await change(office, leads.map(\.id), .assign(second))
            #expect(Set(result.done) == Set(leads.dropFirst().map(\.id)))
            #expect(result.refused.map(\.code) == ["lead-not-open"])
            #expect(try await office.leads().dropFirst().allSatisfy { $0.ownerID == second })
            let told = try await office.spine.events().filter { $0.envelope.type == LeadAssigned.name }
            #expect(told.suffix(2).allSatisfy { $0.envelope.actor == "staff:\(StaffID(Cast.head.id))" })
            try await undo(office, result.id)
            #expect(try await office.leads().dropFirst().allSatisfy { $0.ownerID == first })
            await #expect { try await undo(office, result.id) } throws: {
                ($0 as? Rejection)?.code == "too-late-to-undo"
            }
        }
    }

    @Test("what is put into the pool comes back when that is undone, unless somebody has it by then")
    func pooled() async throws {
        try await Office.open { office in
            let agent = try await office.staff()
            try await fill(office)
            // Before anything waits in the pool: whoever comes new is given what waits.
            let other = try await office.staff()
            let leads = try await office.leads()
            let result = try await change(office, leads.map(\.id), .pool("main"))
            #expect(try await office.leads().allSatisfy { $0.pool != nil })
            _ = try await change(office, [leads[0].id], .assign(other))
            try await undo(office, result.id)
            #expect(try await office.leads().map(\.ownerID) == [other, agent, agent])
        }
    }

    @Test("leads are given up ten seconds after somebody has chosen to, unless that is taken back")
    func discarded() async throws {
        try await Office.open { office in
            try await office.staff()
            try await fill(office)
            let leads = try await office.leads().map(\.id)
            let regretted = try await change(office, [leads[0]], .discard(.spam))
            let meant = try await change(office, [leads[1]], .discard(.noNeed))
            await #expect { try await undo(office, regretted.id, .manager) } throws: { $0 is Rejection }
            try await undo(office, regretted.id)
            #expect(try await office.leads().allSatisfy { $0.status == .open })
            try await office.spine.fireTimers(office.app.timers, now: office.spine.clock.now.addingTimeInterval(11))
            #expect(try await office.leads().map(\.status) == [.open, .discarded, .open])
            try await office.spine.fireTimers(office.app.timers)
            let events = try await office.spine.events().filter { $0.envelope.type == LeadDiscarded.name }
            #expect(events.map(\.envelope.actor) == ["staff:\(StaffID(Cast.head.id))"])
            #expect(!meant.done.isEmpty)
        }
    }

    @Test("whoever may not give leads away may not give many away, and nobody touches what they do not see")
    func forbidden() async throws {
        try await Office.open { office in
            let agent = try await office.staff()
            try await fill(office)
            let leads = try await office.leads().map(\.id)
            await #expect { _ = try await change(office, leads, .assign(agent), .owner) } throws: {
                ($0 as? Rejection)?.kind == .forbidden
            }
            await #expect { _ = try await change(office, leads, .discard(.spam), .colleague) } throws: {
                ($0 as? Rejection)?.kind == .notFound
            }
            await #expect { _ = try await change(office, leads, .discard(.spam), .clerk) } throws: {
                ($0 as? Rejection)?.kind == .forbidden
            }
        }
    }

    @Test("the forms and the API say the same, in both languages", arguments: ["en", "zh-Hans"])
    func forms(_ language: String) async throws {
        struct Answer: Decodable {
            let id: String
            let done: [String]
        }
        try await FrontDoor.open { office, client, head in
            let agent = try await office.staff()
            try await fill(office)
            let lead = try await office.leads()[0].id
            let form = ["lead": lead.description, "act": "pool", "back": "?status=open"]
            let headers: HTTPFields = [.acceptLanguage: language]
            let answer = try await client.post("/leads/leads/bulk", form: form, as: head, headers: headers)
            #expect(answer.status == 303)
            #expect(answer.headers[.location] == "/leads/leads?status=open")
            let json = #"{"leads": ["\#(lead)"], "act": "assign", "agent": "\#(agent)"}"#
            let result = try await client.post("/leads/api/v1/leads/bulk", json: json, as: head).json(Answer.self)
            #expect(result.done == [lead.description])
            let undo = "/leads/api/v1/leads/bulk/\(result.id)/undo"
            #expect(try await client.post(undo, json: "{}", as: head).status == 204)
            #expect(try await client.post(undo, json: "{}", as: head).status == 409)
            let nothing = try await client.post("/leads/leads/bulk", form: ["act": "pool"], as: head)
            #expect(nothing.status == 422)
        }
    }
}
