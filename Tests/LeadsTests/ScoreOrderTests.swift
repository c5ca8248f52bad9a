import Contracts
import Failures
import Foundation
import HTTPTypes
import Hummingbird
import Messaging
import TestSupport
import Testing
import Web

@testable import Leads

@Suite("Leads by probability")
struct ScoreOrderTests {
    private struct Answer: Decodable {
        struct Item: Decodable {
            let id: LeadID
            let percent: Int?
        }

        let items: [Item]
        let nextCursor: String?
    }

    /// Seven of whom something is said, in two groups of equals, one that was given up and one that has just come.
    private func fill(_ office: Office) async throws -> [Lead] {
        let pupils = try await office.enquire((0..<8).map { ($0 % 2 == 0 ? "buy" : "rent", 200 + $0) })
        try await office.discard(pupils[4].id)
        try await office.scoreAll()
        return pupils + (try await office.enquire([("buy", 300)]))
    }

    /// As the order is meant, reckoned from the whole list.
    private func expected(_ office: Office, _ order: LeadOrder) async throws -> [LeadID] {
        let all = try await office.listed(.newest)
        let scored = all.filter { $0.percent != nil }.sorted {
            ($0.percent ?? 0, $0.lead.receivedAt, $0.lead.id) > ($1.percent ?? 0, $1.lead.receivedAt, $1.lead.id)
        }
        let silent = all.filter { $0.percent == nil }
        return ((order == .likeliest ? scored : scored.reversed()) + silent).map(\.lead.id)
    }

    @Test(
        "pages of any size follow one another without a gap or a double, equal and silent ones among them",
        arguments: [LeadOrder.likeliest, .unlikeliest]
    )
    func paged(_ order: LeadOrder) async throws {
        try await Office.taught { office, _ in
            let pupils = try await fill(office)
            let wanted = try await expected(office, order)
            #expect(wanted.count == 17)
            #expect(
                Set(try await office.percents().keys) == Set(pupils.prefix(8).map(\.id)).subtracting([pupils[4].id])
            )
            for size in 1...9 {
                #expect(try await office.listed(order, atOnce: size).map(\.lead.id) == wanted)
            }
        }
    }

    @Test("filters hold in every order; of leads that are closed nothing is said, so that they are found last or alone")
    func filtered() async throws {
        try await Office.taught { office, agent in
            let pupils = try await fill(office)
            let highest = try #require(try await office.percents().values.max())
            for order in LeadOrder.allCases {
                let likely = try await office.listed(order, LeadFilter(percent: highest), atOnce: 2)
                #expect(Set(likely.map(\.lead.id)) == [pupils[0].id, pupils[2].id, pupils[6].id])
                #expect(try await office.listed(order, LeadFilter(percent: highest + 1)).isEmpty)
                #expect(try await office.listed(order, LeadFilter(status: .discarded)).map(\.lead.id) == [pupils[4].id])
                #expect(try await office.listed(order, LeadFilter(status: .open, owner: agent), atOnce: 3).count == 8)
                #expect(try await office.listed(order, LeadFilter(name: "张三"), atOnce: 3).count == 17)
                #expect(try await office.listed(order, LeadFilter(grade: .a)).isEmpty)
            }
        }
    }

    @Test("the API sorts, narrows and tells the number that the lead's own answer explains")
    func api() async throws {
        struct Explained: Decodable {
            let percent: Int?
            let probability: Double?
            let version: Int?
        }
        try await FrontDoor.open { office, client, head in
            try await Office.teach(office)
            _ = try await fill(office)
            let wanted = try await expected(office, .likeliest)
            var ids: [LeadID] = []
            var cursor = ""
            while true {
                let page = try await client.get("/leads/api/v1/leads?sort=likeliest&limit=4\(cursor)", as: head)
                let answer = try page.json(Answer.self)
                ids += answer.items.map(\.id)
                for item in answer.items {
                    let own = try await client.get("/leads/api/v1/leads/\(item.id)/score", as: head).json(
                        Explained.self
                    )
                    #expect(own.percent == item.percent)
                    #expect(own.probability.map { Int(($0 * 100).rounded()) } == item.percent)
                    #expect(own.version == (item.percent == nil ? nil : 1))
                }
                guard let next = answer.nextCursor else { break }
                cursor = "&cursor=\(next)"
            }
            #expect(ids == wanted)
            let most = try await client.get("/leads/api/v1/leads?percent=1&sort=unlikeliest", as: head).json(
                Answer.self
            )
            #expect(most.items.count == 7)
            for (query, field) in [
                ("sort=best", "sort"), ("percent=0", "percent"), ("percent=many", "percent"),
                // A place in one order is none in another.
                ("sort=newest\(cursor)", "cursor"),
            ] {
                let refused = try await client.get("/leads/api/v1/leads?\(query)", as: head)
                #expect(refused.status == 422)
                #expect(refused.text.contains(#""\#(field)""#))
            }
        }
    }

    @Test(
        "the page has the order, the figure in words and the filter as links, in both languages",
        arguments: [Language.english, .chinese]
    )
    func page(_ language: Language) async throws {
        try await FrontDoor.open { office, client, head in
            var head = head
            head.language = language
            try await Office.teach(office, minimumCases: 9)
            let pupils = try await fill(office)
            let silent = try await client.get("/leads/leads", as: head)
            #expect(silent.text.contains("sort=likeliest") == false)
            #expect(silent.text.contains("—"))

            try await office.wish(minimumCases: 8)
            try await office.scoreAll()
            let page = try await client.get("/leads/leads?status=open", as: head)
            #expect(page.missingWords == [])
            #expect(page.text.contains("/leads/leads?status=open&amp;sort=likeliest"))
            #expect(page.text.contains("/leads/leads?status=open&amp;percent=50"))
            let percent = try #require(try await office.percents()[pupils[0].id])
            #expect(page.text.contains("\(percent) %"))
            #expect(page.text.contains(language == .english ? "in 10 are won" : "成会成交"))
            let sorted = try await client.get(
                "/leads/leads?sort=likeliest&percent=\(percent)&limit=2",
                as: head
            )
            #expect(sorted.missingWords == [])
            #expect(sorted.text.matches(of: /<tr id="row-/).count == 2)
            #expect(sorted.text.contains("sort=likeliest&amp;cursor="))
            let own = try await client.get("/leads/leads/\(pupils[0].id)", as: head)
            #expect(own.text.contains("\(percent) %"))
            let learned = try await client.get("/leads/score", as: head)
            #expect(learned.missingWords == [])

            let form = ["name": "Hot", "back": "?percent=50&sort=likeliest"]
            #expect(try await client.post("/leads/views", form: form, as: head).status == 303)
            let kept = try await client.get("/leads/leads", as: head)
            #expect(kept.text.contains("/leads/leads?percent=50&amp;sort=likeliest"))
        }
    }
}
