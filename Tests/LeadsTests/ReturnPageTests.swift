import Contracts
import Foundation
import HTTPTypes
import Messaging
import Postgres
import TestSupport
import Testing
import Web

@testable import Leads

@Suite("Return on marketing in the console")
struct ReturnPageTests {
    @Test("marketing makes a campaign, books its cost once, and sees what each lead cost; each figure opens its leads")
    func life() async throws {
        try await MarketingDesk.open { desk in
            let (client, marketer) = (desk.client, desk.marketer)
            try await desk.office.spine.passMidnight()
            try await desk.office.staff()
            try await desk.office.push(
                Office.enquiry("1", more: #", "campaign": "autumn""#),
                Office.enquiry("2", phone: "13812345679"),
                Office.enquiry("3", phone: "12")
            )
            try await desk.office.app.foldReturn.all()
            let today = Day(desk.office.spine.clock.now, in: .shanghai).text
            let form = ["key": "autumn", "title": "Autumn", "channel": "web", "from": today, "to": today]
            let made = try await client.post("/leads/campaigns", form: form, as: marketer)
            #expect(made.status == 303)
            #expect(try await client.post("/leads/campaigns", form: form, as: marketer).status == 422)
            let home = try #require(made.headers[.location])
            let cost = ["key": "k", "from": today, "amount": "150", "note": "Douyin"]
            for _ in 0..<2 {
                #expect(try await client.post(home + "/costs", form: cost, as: marketer).status == 303)
            }
            try await desk.opens("/leads/campaigns", home, "/leads/return", "/leads/return?span=365d&touch=last")
            let page = try await client.get("/leads/return", as: marketer)
            #expect(page.text.contains("¥\u{00A0}150"))
            #expect(page.text.contains("data-chart"))
            let link = try #require(
                page.text.firstMatch(of: /href="(\/leads\/leads\?[^"]*channel=web[^"]*campaign=autumn)"/)
            )
            let list = try await client.get(String(link.1).replacing("&amp;", with: "&"), as: marketer)
            #expect(list.status == 200)
            #expect(list.text.matches(of: /id="row-/).count == 1)
            let csv = try await client.get("/leads/return/table.csv", as: marketer)
            #expect(csv.text.contains("autumn,1,1,0,0,0,150,0"))
            let cancel = try #require(
                try await client.get(home, as: marketer).text.firstMatch(of: /\/leads\/campaigns\/[^"]*\/cancel/)
            )
            #expect(try await client.post(String(cancel.0), form: [:], as: marketer).status == 303)
            #expect(try await client.get("/leads/return/table.csv", as: marketer).text.contains("autumn,1,1,0,0,0,0,0"))
        }
    }

    @Test("each figure's leads are as many as the figure says", arguments: ["first", "last"])
    func drilled(_ touch: String) async throws {
        try await MarketingDesk.open { desk in
            let agent = try await desk.office.staff()
            try await desk.office.push(Office.enquiries(6))
            let leads = try await desk.office.leads()
            for lead in leads.prefix(2) {
                let visit = ContactLogged(
                    contactID: .new(),
                    uid: lead.uid,
                    leadID: lead.id,
                    staffID: agent,
                    kind: "visit",
                    isReached: true,
                    contactedAt: Date()
                )
                try await desk.office.hear(visit, about: visit.contactID, uid: lead.uid)
            }
            try await desk.office.app.foldReturn.all()
            let page = try await desk.client.get("/leads/return?touch=\(touch)", as: desk.marketer)
            let links = page.text.matches(of: /<a href="(\/leads\/leads\?[^"]*)">([0-9,]+)<\/a>/)
            #expect(links.count >= 6)
            for link in links {
                let path = String(link.1).replacing("&amp;", with: "&") + "&limit=200"
                let list = try await desk.client.get(path, as: desk.marketer)
                let shown = list.text.matches(of: /id="row-/).count
                #expect(String(shown) == link.2, "\(path)")
            }
        }
    }

    @Test("one channel is looked at alone: its campaigns, its course and its leads")
    func oneChannel() async throws {
        struct Answer: Decodable {
            let lines: [Line]
            let course: [Line]
            struct Line: Decodable { let leads: Int }
        }
        try await MarketingDesk.open { desk in
            try await desk.office.spine.passMidnight()
            try await desk.office.staff()
            try await desk.office.push(Office.enquiries(3))
            let walkIn = #"{"channel": "showroom", "externalId": "d1", "person": {"phones": ["13998765432"]}}"#
            try await desk.office.push(walkIn, channel: "showroom")
            try await desk.office.app.foldReturn.all()
            let all = try await desk.client.get("/leads/return", as: desk.marketer)
            #expect(all.text.contains("/leads/return?span=30d&amp;touch=first&amp;channel=showroom"))
            let page = try await desk.client.get("/leads/return?channel=showroom", as: desk.marketer)
            #expect(page.text.matches(of: /data-chart=/).count == 2)
            #expect(page.text.contains("channel=showroom\">1</a>"))
            for (query, leads) in [("", 4), ("?channel=showroom", 1), ("?channel=nobody", 0)] {
                let answer = try await desk.client.get("/leads/api/v1/return" + query, as: desk.marketer).json(
                    Answer.self
                )
                #expect(answer.lines.map(\.leads).reduce(0, +) == leads, "\(query)")
                #expect(answer.course.map(\.leads).reduce(0, +) == leads, "\(query)")
                #expect(answer.course.count == 30)
            }
        }
    }

    @Test("agents do not see what marketing costs, and a bad period is named")
    func refused() async throws {
        try await MarketingDesk.open { desk in
            for path in ["/leads/return", "/leads/campaigns", "/leads/return/table.csv", "/leads/api/v1/return"] {
                #expect(try await desk.client.get(path, as: desk.agent).status == 403, "\(path)")
            }
            let bad = try await desk.client.get(
                "/leads/api/v1/return?from=2026-02-30&to=2026-03-01",
                as: desk.marketer
            )
            #expect(bad.status == 422)
            #expect(bad.text.contains("not-a-day"))
        }
    }

    @Test("a program books a cost once per Idempotency-Key")
    func api() async throws {
        struct Made: Decodable { let id: String }
        try await MarketingDesk.open { desk in
            let once: HTTPFields = [.init("Idempotency-Key") ?? .accept: "k1"]
            let campaign = #"{"key": "a", "channel": "web", "from": "2026-03-01", "to": "2026-03-31"}"#
            let path = "/leads/api/v1/campaigns"
            let id = try await desk.client.post(path, json: campaign, as: desk.marketer, headers: once).json(Made.self)
                .id
            let cost = #"{"from": "2026-03-01", "minor": 500}"#
            for _ in 0..<2 {
                let booked = try await desk.client.post(
                    "\(path)/\(id)/costs",
                    json: cost,
                    as: desk.marketer,
                    headers: once
                )
                #expect(booked.status == 201)
            }
            #expect(try await desk.client.get(path, as: desk.marketer).text.contains(#""bookedMinor":500"#))
            let none = try await desk.client.post(
                "\(path)/\(id)/costs",
                json: #"{"from": "2026-03-01", "minor": 0}"#,
                as: desk.marketer
            )
            #expect(none.status == 422)
        }
    }
}
