import Contracts
import Foundation
import HTTPTypes
import Messaging
import TestSupport
import Testing
import Web

@testable import Leads

@Suite("Pages of imports")
struct ImportPageTests {
    private static let file = "姓名,手机,预算\n张三,13800001000,350万\n李四,12,\n王五,13800001002,\n=1+1,13800001003,\n"

    private func finish(_ office: Office) async throws {
        while try await office.app.advanceImport(atMost: 2) != nil {}
    }

    @Test("a file goes all the way with forms alone, in both languages", arguments: ["en", "zh-Hans"])
    func allTheWay(_ language: String) async throws {
        try await FrontDoor.open { office, client, head in
            try await office.staff()
            let headers: HTTPFields = [.acceptLanguage: language]
            func page(_ path: String) async throws -> String {
                let answer = try await client.get(path, as: head, headers: headers)
                #expect(answer.status == 200, "\(path)")
                #expect(answer.missingWords == [], "\(path)")
                return answer.text
            }
            #expect(try await page("/leads/imports").contains("multipart/form-data"))
            let upload = try await client.post("/leads/imports", file: Self.file, named: "车展.csv", as: head)
            let path = try #require(upload.headers[.location])
            #expect(try await page(path).contains("张三"))
            let mapped = try await client.post("\(path)/columns", form: ["encoding": "utf-8"], as: head)
            #expect(mapped.status == 422)
            let id = try #require(UUID(uuidString: String(path.suffix(36))))
            let wish = try ImportWish(columns: ["name", "phone", "budget"], encoding: nil, channel: nil, campaign: nil)
            try await office.spine.perform(Cause(actor: "test")) {
                _ = try await office.app.orderImport.map(id, wish, $0)
            }
            for order in ["check", "start", "undo"] {
                _ = try await page(path)
                #expect(try await client.post("\(path)/\(order)", form: [:], as: head).status == 303)
                _ = try await page("/leads/fragments/imports/\(id.uuidString.lowercased())")
                try await finish(office)
                _ = try await page("\(path)?show=rejected")
                _ = try await page("\(path)?show=left&after=1")
            }
            _ = try await page("/leads/imports")
        }
    }

    @Test("the result names every row's verdict, with the cells for whoever has uploaded them, and no formula in it")
    func result() async throws {
        try await FrontDoor.open { office, client, head in
            try await office.staff()
            let upload = try await client.post("/leads/imports", file: Self.file, named: "a.csv", as: head)
            let path = try #require(upload.headers[.location])
            for order in ["check", "start"] {
                _ = try await client.post("\(path)/\(order)", form: [:], as: head)
                try await finish(office)
            }
            let own = try await client.get("\(path)/result.csv", as: head)
            let lines = own.text.split(whereSeparator: \.isNewline)
            #expect(lines.count == 5)
            #expect(own.text.unicodeScalars.first == "\u{FEFF}")
            #expect(own.text.contains("李四,12,,3,Rejected,Not a phone number · person/phones/0,"))
            #expect(own.text.contains("'=1+1"))
            var other = head
            other.staffID = .v7()
            let others = try await client.get("\(path)/result.csv", as: other)
            #expect(others.text.split(whereSeparator: \.isNewline).count == 5)
            #expect(!others.text.contains("13800001000"))
        }
    }

    @Test("only marketing and those who lead bring files, and only from a page of ours")
    func roles() async throws {
        try await FrontDoor.open { _, client, head in
            var agent = head
            agent.role = .agent
            #expect(try await client.get("/leads/imports", as: agent).status == 403)
            #expect(try await client.post("/leads/imports", file: Self.file, named: "a.csv", as: agent).status == 403)
            let forged = try await client.post("/leads/imports", file: Self.file, named: "a", as: head, token: "forged")
            #expect(forged.status == 403)
            let workbook = try await client.post("/leads/imports", file: "PK\u{3}\u{4}", named: "a.xlsx", as: head)
            #expect(workbook.status == 422)
        }
    }

    @Test("a program uploads, says what the columns are, orders and looks")
    func api() async throws {
        struct Answer: Decodable {
            let id: String
            let status: String
            let columns: [String]
            let orders: [String]
        }
        try await FrontDoor.open { office, client, head in
            try await office.staff()
            let path = "/leads/api/v1/imports"
            #expect(try await client.post(path, json: "{}").status == 401)
            #expect(try await client.post(path, json: "{}", as: head).status == 415)
            let headers: HTTPFields = [.contentType: "text/csv"]
            let refused = try await client.send(.post, path, headers: headers, body: Self.file)
            #expect(refused.status == 401)
            let file = try await client.post("/leads/imports", file: Self.file, named: "a.csv", as: head)
            let id = try #require(file.headers[.location]).suffix(36)
            let body = #"{"columns": ["name", "phone", "attribute"], "channel": "web", "campaign": "car-show"}"#
            let mapped = try await client.post("\(path)/\(id)/columns", json: body, as: head).json(Answer.self)
            #expect(mapped.columns == ["name", "phone", "attribute"])
            let wrong = try await client.post("\(path)/\(id)/columns", json: #"{"columns": ["x"]}"#, as: head)
            #expect(wrong.text.contains("unknown-column"))
            #expect(try await client.post("\(path)/\(id)/check", json: "{}", as: head).status == 200)
            try await finish(office)
            #expect(
                try await client.get("\(path)/\(id)", as: head).json(Answer.self).orders == [
                    "check", "start", "cancel",
                ]
            )
        }
    }
}
