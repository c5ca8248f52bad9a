import Contracts
import Foundation
import HTTPTypes
import Messaging
import TestSupport
import Testing
import Web

@testable import Leads

@Suite("Exports")
struct ExportTests {
    private func exports(_ office: Office) async throws -> [LeadsExported] {
        try await office.spine.events(of: LeadsExported.self)
    }

    @Test("a list is taken out as it is narrowed, with masked numbers, and who did is written down")
    func masked() async throws {
        try await FrontDoor.open { office, client, head in
            try await office.staff()
            try await office.push(Office.enquiry("1"), Office.enquiry("2", phone: "13900001111"))
            let answer = try await client.get("/leads/leads.csv?status=open&q=13900001111", as: head)
            #expect(answer.status == 200)
            #expect(answer.headers[.contentType] == "text/csv; charset=utf-8")
            #expect(answer.text.unicodeScalars.first == "\u{FEFF}")
            let lines = answer.text.split(whereSeparator: \.isNewline)
            #expect(lines.count == 2)
            #expect(lines[1].contains("张三,139 **** 1111,"))
            let event = try #require(try await exports(office).first)
            #expect(event.rows == 1)
            #expect(event.filter == ["status": "open", "q": "…"])
            #expect(event.staffID.uuid == head.staffID)
            #expect(!event.isUnmasked)
        }
    }

    @Test("numbers in full are for whoever may see them and says why")
    func full() async throws {
        try await FrontDoor.open { office, client, head in
            try await office.staff()
            try await office.push(Office.enquiry("1"))
            let full = try await client.post("/leads/leads.csv", form: ["reason": "周末电话邀约"], as: head)
            #expect(full.text.contains("138 1234 5678"))
            #expect(try await exports(office).map(\.reason) == ["周末电话邀约"])
            #expect(try await client.post("/leads/leads.csv", form: ["reason": ""], as: head).status == 422)
            var marketing = head
            marketing.role = .marketing
            #expect(try await client.post("/leads/leads.csv", form: ["reason": "reason"], as: marketing).status == 403)
            #expect(try await client.get("/leads/leads.csv", as: marketing).status == 200)
            var agent = head
            agent.role = .agent
            #expect(try await client.get("/leads/leads.csv", as: agent).status == 403)
            #expect(try await exports(office).count == 2)
        }
    }

    @Test("a manager takes out no more than they see")
    func scope() async throws {
        try await FrontDoor.open { office, client, head in
            try await office.staff()
            try await office.push(Office.enquiry("1"))
            var manager = head
            manager.role = .manager
            manager.scope = .team
            manager.teamID = .v7()
            let answer = try await client.get("/leads/leads.csv", as: manager)
            #expect(answer.text.split(whereSeparator: \.isNewline).count == 1)
        }
    }

    @Test("the page of exports is shown in both languages", arguments: ["en", "zh-Hans"])
    func page(_ language: String) async throws {
        try await FrontDoor.open { office, client, head in
            try await office.staff()
            try await office.push(Office.enquiry("1"))
            _ = try await client.get("/leads/leads.csv?status=open", as: head)
            let page = try await client.get(
                "/leads/exports?status=open",
                as: head,
                headers: [.acceptLanguage: language]
            )
            #expect(page.status == 200)
            #expect(page.missingWords == [])
            #expect(page.text.contains("/leads/leads.csv?status=open"))
        }
    }
}
