import Contracts
import Foundation
import HTTPTypes
import Hummingbird
import Messaging
import TestSupport
import Testing
import Web

@testable import Leads

@Suite("Pages and routes")
struct PageTests {
    @Test("both languages have every word, with the same variables")
    func words() throws {
        #expect(try FrontDoor.pages().strings.verify() == [])
    }

    @Test("every page is shown in both languages without a missing word", arguments: ["en", "zh-Hans"])
    func shown(_ language: String) async throws {
        try await FrontDoor.open { office, client, head in
            try await office.staff()
            try await office.push(Office.enquiry("1"), Office.enquiry("2"), Office.enquiry("3", phone: "12"))
            let lead = try await office.leads()[0]
            let paths = [
                "/leads/grading", "/leads/score", "/leads/tags", "/leads/segments",
                "/leads/segments/\(UUID.v7().wire)", "/leads/nurture", "/leads/nurture/\(UUID.v7().wire)",
                "/leads/leads", "/leads/leads?view=overdue&grade=C&q=13812345678",
                "/leads/leads/\(lead.id)",
                "/leads/ledger", "/leads/ledger?outcome=rejected", "/leads/fragments/today", "/leads/fragments/list",
                "/leads/fragments/person/\(lead.uid)", "/leads/fragments/search?q=13812345678",
            ]
            for path in paths {
                let answer = try await client.get(path, as: head, headers: [.acceptLanguage: language])
                #expect(answer.status == 200, "\(path)")
                #expect(answer.missingWords == [], "\(path)")
            }
        }
    }

    @Test("a rejected submission has a page that says why and what its sender can do", arguments: ["en", "zh-Hans"])
    func submission(_ language: String) async throws {
        try await FrontDoor.open { office, client, head in
            try await office.staff()
            let ids = try await office.push(Office.enquiry("1"), Office.enquiry("2", phone: "12"))
            for id in ids {
                let page = try await client.get(
                    "/leads/ledger/\(id.wire)",
                    as: head,
                    headers: [.acceptLanguage: language]
                )
                #expect(page.status == 200)
                #expect(page.missingWords == [])
            }
            let list = try await client.get("/leads/ledger?outcome=rejected", as: head)
            #expect(list.text.contains("/leads/ledger/\(ids[1].wire)"))
            #expect(!list.text.contains("/api/"))
            #expect(try await client.get("/leads/ledger/\(UUID().wire)", as: head).status == 404)
        }
    }

    @Test(
        "every rule has its words in both languages: a why says no wire names and no ids",
        arguments: [
            Language.english, .chinese,
        ]
    )
    func whys(_ language: Language) throws {
        let viewer = try FrontDoor.pages().viewer(language)
        for rule in GradeTable.standard.rules {
            let otherwise = GradeTable.otherwise[rule.name] ?? ""
            #expect(!otherwise.isEmpty, "\(rule.name)")
            let why = Contracts.Why(
                rule: rule.name,
                version: 1,
                inputs: ["budgetYuan": "9470000"],
                otherwise: otherwise
            )
            let shown = viewer.why(why, sentence: "s")
            #expect(!shown.rule.contains("."), "\(rule.name)")
            #expect(language == .english || shown.otherwise != [otherwise], "\(rule.name)")
        }
        let next = StaffID.new()
        let why = Contracts.Why(
            rule: "assign.project",
            version: 1,
            inputs: ["turn": "7", "team": TeamID(UUID.v7()).description, "by": "staff:\(next)"],
            otherwise: "Had they not been free, agent \(next) would have been next."
        )
        let shown = viewer.why(why, sentence: "s", names: [next.description: "Ann"])
        #expect(shown.inputs.map(\.value) == ["Ann"])
        #expect(shown.otherwise.first?.contains("Ann") == true)
    }

    @Test("the conservation law is told to administrators, and what breaks it")
    func audit() async throws {
        try await FrontDoor.open { office, client, head in
            let admin = Principal(staffID: .v7(), name: "A", email: "a@lintel.example", role: .admin, scope: .all)
            try await office.staff()
            try await office.push(Office.enquiry("1"))
            let whole = try await client.get("/leads/fragments/audit", as: admin)
            #expect(whole.status == 200)
            #expect(!whole.text.contains("need-text"))
            #expect(try await client.get("/leads/fragments/audit", as: head).status == 403)
        }
    }

    @Test("what breaks the law is shown with the ids of the rows")
    func broken() throws {
        let pages = try FrontDoor.pages()
        let breach = try #require(AuditReport.Breach("nobody-has-it", "s", ["the-lead"]))
        let report = { (breaches: [AuditReport.Breach]) in
            AuditReport(
                submissions: 1,
                byOutcome: [:],
                leads: 1,
                unsent: 0,
                chains: [],
                receivers: [],
                breaches: breaches
            )
        }
        let views = [report([breach]), report([])].map { AuditFragment($0, at: Date(), pages.viewer(.english)) }
        #expect(pages.verify("audit", with: views[0], views[1]) == [])
        #expect(views[0].breaches.map(\.ids) == ["the-lead"])
        #expect(views[0].verdict.tone == .bad)
    }

    @Test("an agent sees only their own leads")
    func scope() async throws {
        try await FrontDoor.open { office, client, head in
            let agent = try await office.staff()
            try await office.push(Office.enquiry("1"))
            let lead = try await office.leads()[0]
            let path = "/leads/api/v1/leads/\(lead.id)"
            let owner = Principal(staffID: agent.uuid, name: "A", email: "a@l.example", role: .agent, scope: .own)
            let other = Principal(staffID: .v7(), name: "B", email: "b@l.example", role: .agent, scope: .own)
            #expect(try await client.get(path, as: owner).status == 200)
            #expect(try await client.get(path, as: other).status == 404)
            #expect(try await client.get(path).status == 401)
            #expect(try await client.get("/leads/api/v1/audit", as: head).text.contains(#""holds":true"#))
            #expect(try await client.get("/leads/api/v1/audit", as: other).status == 403)
        }
    }

    @Test("a channel posts with its key, and its receipt tells what became of it")
    func intake() async throws {
        struct Receipt: Decodable {
            let receiptId: String
        }
        struct Outcome: Decodable {
            let outcome: String
            let leadId: String?
        }
        try await FrontDoor.open { office, client, _ in
            let path = "/leads/api/v1/intake/web"
            let key: HTTPFields = [.channelKey: "secret"]
            #expect(try await client.post(path, json: Office.enquiry("1")).status == 401)
            let answer = try await client.post(path, json: Office.enquiry("1"), headers: key)
            #expect(answer.status == 202)
            let id = try answer.json(Receipt.self).receiptId
            #expect(try await client.get("/leads/api/v1/receipts/\(id)").status == 401)
            let receipt = try await client.get("/leads/api/v1/receipts/\(id)", headers: key).json(Outcome.self)
            #expect(receipt.outcome == "accepted")
            #expect(receipt.leadId == (try await office.leads()[0].id.description))
            #expect(
                try await client.post(path, json: Office.enquiry("1"), headers: key).json(Receipt.self).receiptId == id
            )
            let bad = try await client.post(path, json: Office.enquiry("2", phone: "12"), headers: key)
            #expect(bad.status == 422)
            #expect(bad.text.contains("person/phones/0"))
            #expect(try await office.ledger().count == 2)
        }
    }
}
