import Contracts
import Foundation
import HTTPTypes
import Messaging
import TestSupport
import Testing
import Web

@testable import Leads

@Suite("Leads entered by hand")
struct ManualEntryTests {
    private func form(_ phone: String, key: String = "k1", known: String = "") -> [String: String] {
        ["key": key, "name": "李四", "phone": phone, "channel": "showroom", "budget": "300万", "known": known]
    }

    @Test("what is entered takes the way of every other lead, with whoever entered it as the actor; twice is once")
    func entered() async throws {
        try await MarketingDesk.open { desk in
            try await desk.opens("/leads/new", as: desk.agent)
            try await desk.office.staff()
            let first = try await desk.client.post("/leads/new", form: form("13812345678"), as: desk.agent)
            #expect(first.status == 303)
            let lead = try #require(try await desk.office.leads().first)
            #expect(lead.channel == "showroom")
            let actors = try await desk.office.spine.events().filter { $0.envelope.type == LeadReceived.name }
                .map(\.envelope.actor)
            #expect(actors == ["staff:\(desk.agent.staffID.wire)"])
            let again = form("13812345678", known: lead.uid.description)
            #expect(try await desk.client.post("/leads/new", form: again, as: desk.agent).status == 303)
            #expect(try await desk.office.leads().count == 1)
            #expect(try await desk.office.ledger().map(\.deliveries) == [2])
        }
    }

    @Test("who is known already is shown before a lead is added, masked for whoever does not look after them")
    func known() async throws {
        try await MarketingDesk.open { desk in
            let owner = try await desk.office.staff()
            try await desk.office.push(Office.enquiry("1"))
            let (path, typed) = ("/leads/fragments/known", ["phone": "138-1234-5678"])
            let others = try await desk.client.post(path, form: typed, as: desk.agent)
            #expect(others.status == 200)
            #expect(others.text.contains("张＊"))
            #expect(!others.text.contains("张三"))
            #expect(!others.text.contains("/leads/leads/"))
            let own = Principal(staffID: owner.uuid, name: "A", email: "a@l.example", role: .agent, scope: .own)
            let seen = try await desk.client.post(path, form: typed, as: own)
            #expect(seen.text.contains("张三"))
            #expect(seen.text.contains("/leads/leads/"))
            // Without a script the form comes back with the same words, and goes through the second time.
            let asked = try await desk.client.post("/leads/new", form: form("13812345678"), as: desk.agent)
            #expect(asked.status == 200)
            #expect(try await desk.office.ledger().count == 1)
            let uid = try await desk.office.leads()[0].uid.description
            let meant = form("13812345678", known: uid)
            #expect(try await desk.client.post("/leads/new", form: meant, as: desk.agent).status == 303)
            #expect(try await desk.office.ledger().map(\.outcome).sorted() == ["accepted", "merged"])
        }
    }

    @Test(
        "while a name and a project are typed, whoever is called so and has asked for it is shown as perhaps the same"
    )
    func namesakes() async throws {
        try await MarketingDesk.open { desk in
            try await desk.office.staff()
            let wish = #", "need": {"projects": ["river-park"]}"#
            try await desk.office.push(Office.enquiry("1", more: wish))
            // Who is new is compared a moment later.
            try await desk.office.spine.fireTimers(desk.office.app.timers)
            let known = { (fields: [String: String]) in
                try await desk.client.post("/leads/fragments/known", form: fields, as: desk.marketer)
            }
            let found = try await known(["name": "张三先生", "project": "river-park"])
            #expect(
                found.text.contains("Somebody of this name") && found.text.contains("张三") && found.missingWords == []
            )
            #expect(
                try await known(["name": "张三", "project": "garden"]).text.contains("Somebody of this name") == false
            )
            #expect(try await known(["name": "李四", "project": "river-park"]).text.contains("of this name") == false)
            // Whose number it is, is known for certain, and named once.
            let both = try await known(["name": "张三", "phone": "13812345678", "project": "river-park"])
            #expect(both.text.contains("We know this person") && !both.text.contains("of this name"))
        }
    }

    @Test("what nobody can be reached by comes back with the reason, and stands in the ledger")
    func rejected() async throws {
        try await MarketingDesk.open { desk in
            for (phone, language) in [("12", "en"), ("", "zh-Hans")] {
                let answer = try await desk.client.post(
                    "/leads/new",
                    form: form(phone, key: language),
                    as: desk.agent,
                    headers: [.acceptLanguage: language]
                )
                #expect(answer.status == 422)
                #expect(answer.missingWords == [])
                #expect(answer.text.contains("aria-invalid"))
            }
            #expect(try await desk.office.ledger().map(\.outcome) == ["rejected", "rejected"])
            let clerk = Principal(staffID: .v7(), name: "C", email: "c@l.example", role: .clerk, scope: .all)
            #expect(try await desk.client.get("/leads/new", as: clerk).status == 403)
        }
    }
}
