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
    private static func pages() throws -> Pages {
        try Pages(service: "leads", bundle: LeadsApp.resources, zone: .shanghai, now: { Date() })
    }

    /// An office with its routes, and somebody who heads it.
    private func open(_ body: (Office, RouteClient, Principal) async throws -> Void) async throws {
        try await Office.open { office in
            let pages = try Self.pages()
            let signIn = try TestSignIn()
            let server = WebServer(
                configuration: .init(
                    service: "leads",
                    host: "127.0.0.1",
                    port: 0,
                    opsPort: 0,
                    publicURL: "http://localhost:8080",
                    development: true
                ),
                pages: pages,
                verifier: signIn.verifier,
                feed: LiveFeed(),
                logger: testLogger("leads")
            ) { router in
                LeadsService.addRoutes(office.app, pages: pages, feed: LiveFeed(), to: router)
            }
            let head = Principal(
                staffID: .v7(),
                name: "Head",
                email: "head@lintel.example",
                role: .head,
                scope: .all
            )
            try await body(office, RouteClient(server.responder, signIn: signIn), head)
        }
    }

    @Test("both languages have every word, with the same variables")
    func words() throws {
        #expect(try Self.pages().strings.verify() == [])
    }

    @Test("every page is shown in both languages without a missing word", arguments: ["en", "zh-Hans"])
    func shown(_ language: String) async throws {
        try await open { office, client, head in
            try await office.staff()
            try await office.push(Office.enquiry("1"), Office.enquiry("2"), Office.enquiry("3", phone: "12"))
            let lead = try await office.leads()[0]
            let paths = [
                "/leads/leads", "/leads/leads?view=overdue&grade=C&q=13812345678", "/leads/leads/\(lead.id)",
                "/leads/ledger", "/leads/ledger?outcome=rejected", "/leads/fragments/today", "/leads/fragments/list",
                "/leads/fragments/person/\(lead.uid)",
            ]
            for path in paths {
                let answer = try await client.get(path, as: head, headers: [.acceptLanguage: language])
                #expect(answer.status == 200, "\(path)")
                #expect(answer.missingWords == [], "\(path)")
            }
        }
    }

    @Test("an agent sees only their own leads")
    func scope() async throws {
        try await open { office, client, head in
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
        try await open { office, client, _ in
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
