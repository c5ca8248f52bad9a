import Contracts
import Foundation
import HTTPTypes
import Messaging
import TestSupport
import Testing
import Web

@testable import Sales

/// The routes of an agency.
struct Console {
    let agency: Agency
    let client: RouteClient
    let pages: Pages

    init(_ agency: Agency) throws {
        self.agency = agency
        let spine = agency.spine
        let pages = try Pages(service: "sales", folder: SalesResources.pages, now: { spine.clock.now })
        let signIn = try TestSignIn()
        let standing: Standing.Lookup = { id in
            try await spine.read { try await StandingStore($0).of([id])[id] }
        }
        let server = WebServer(
            configuration: .init(service: "sales", port: 1, opsPort: 2, publicURL: "http://localhost:8080"),
            pages: pages,
            verifier: signIn.verifier,
            standing: standing,
            logger: testLogger("sales")
        ) { router in
            SalesRoutes(app: agency.app, pages: pages, issuer: signIn.issuer, isSecure: false).add(to: router)
        }
        self.pages = pages
        client = RouteClient(server.responder, signIn: signIn)
    }
}

@Suite struct RouteTests {
    private struct Session: Decodable {
        let token: String
        let expiresAt: String
    }

    private struct Thing: Decodable {
        let id: String
    }

    @Test("a session is given for a mail address and a password, and its token is accepted")
    func session() async throws {
        try await Agency.open { agency in
            let console = try Console(agency)
            let path = "/sales/api/v1/session"
            let right = try await console.client.post(
                path,
                json: #"{"email":"agent@x.example","password":"\#(Agency.password)"}"#
            )
            #expect(right.status == 200)
            let token = try right.json(Session.self).token
            var headers = HTTPFields()
            headers[.authorization] = "Bearer \(token)"
            let me = try await console.client.get("/sales/api/v1/staff/me", headers: headers)
            #expect(me.status == 200)
            #expect(me.text.contains("林晓峰"))
            for _ in 0..<5 {
                let wrong = try await console.client.post(path, json: #"{"email":"agent@x.example","password":"x"}"#)
                #expect(wrong.status == 401)
            }
            let throttled = try await console.client.post(path, json: #"{"email":"agent@x.example","password":"x"}"#)
            #expect(throttled.status == 429)
            #expect(throttled.headers[.retryAfter] != nil)
            #expect(try await console.client.post(path, json: #"{"email":"agent@x.example"}"#).status == 422)
        }
    }

    @Test("the sign-in page signs in by cookie and says what is wrong")
    func signInPage() async throws {
        try await Agency.open { agency in
            let console = try Console(agency)
            #expect(try await console.client.get("/sales/sign-in?next=/sales/deals").status == 200)
            let wrong = try await console.client.post(
                "/sales/sign-in",
                form: ["email": "agent@x.example", "password": "x"]
            )
            #expect(wrong.status == 422)
            let right = try await console.client.post(
                "/sales/sign-in",
                form: ["email": "agent@x.example", "password": Agency.password, "next": "/sales/deals"]
            )
            #expect(right.status == 303)
            #expect(right.headers[.location] == "/sales/deals")
        }
    }

    @Test("the agent's day over the API: contact, deal, stage, hold, contract, timeline")
    func life() async throws {
        try await Agency.open { agency in
            let client = try Console(agency).client
            let agent = try agency.principal("agent")
            let uid = try await agency.customer(of: "agent")
            let unit = try await agency.firstUnit()
            let api = "/sales/api/v1"
            let contact = try await client.post(
                "\(api)/customers/\(uid)/contacts",
                json: #"{"kind":"call","isReached":true,"note":"hi"}"#,
                as: agent
            )
            #expect(contact.status == 201)
            var key = HTTPFields()
            key[.init("Idempotency-Key") ?? .accept] = "k1"
            let body = #"{"uid":"\#(uid)"}"#
            let deal = try await client.post("\(api)/deals", json: body, as: agent, headers: key)
            let again = try await client.post("\(api)/deals", json: body, as: agent, headers: key)
            #expect(deal.status == 201)
            #expect(again.text == deal.text)
            let id = try deal.json(Thing.self).id
            let stage = try await client.post(
                "\(api)/deals/\(id)/stage",
                json: #"{"stage":"need-confirmed"}"#,
                as: agent
            )
            #expect(stage.status == 200)
            let skipped = try await client.post(
                "\(api)/deals/\(id)/stage",
                json: #"{"stage":"negotiation"}"#,
                as: agent
            )
            #expect(skipped.status == 409)
            let hold = try await client.post(
                "\(api)/units/\(unit.id)/hold",
                json: #"{"dealId":"\#(id)","minutes":30}"#,
                as: agent
            )
            #expect(hold.status == 201)
            let held = try await client.post("\(api)/units/\(unit.id)/hold", json: #"{"dealId":"\#(id)"}"#, as: agent)
            #expect(held.status == 409)
            let contract = try await client.post(
                "\(api)/deals/\(id)/contract",
                json: #"{"price":{"minor":518000000,"currency":"CNY"}}"#,
                as: agent
            )
            #expect(contract.status == 201)
            let timeline = try await client.get("\(api)/customers/\(uid)/timeline", as: agent)
            #expect(timeline.status == 200)
            #expect(timeline.text.contains("sales.contract.signed.v1"))
            #expect(
                try await client.get("\(api)/customers/\(uid)/timeline", as: agency.principal("other")).status == 404
            )
            #expect(try await client.get("\(api)/customers/\(uid)/timeline").status == 401)
            #expect(
                try await client.get("\(api)/units?project=river-park&state=signed", as: agent).text.contains("1-0101")
            )
            #expect(try await client.get("\(api)/units?state=gone", as: agent).status == 422)
        }
    }

    @Test("numbers are masked for whoever is not responsible")
    func masked() async throws {
        try await Agency.open { agency in
            let client = try Console(agency).client
            let uid = try await agency.customer(of: "agent")
            let path = "/sales/api/v1/customers/\(uid)"
            #expect(try await client.get(path, as: agency.principal("agent")).text.contains("+8613812345678"))
            for name in ["manager", "head", "admin"] {
                let masked = try await client.get(path, as: agency.principal(name))
                #expect(masked.status == 200)
                #expect(!masked.text.contains("12345678"), "\(name)")
            }
            let page = try await client.get("/sales/customers/\(uid)", as: agency.principal("head"))
            #expect(page.text.contains("138 **** 5678"))
            let today = try await client.get("/sales/today", as: agency.principal("manager"))
            #expect(today.text.contains("138 **** 5678"))
            #expect(!today.text.contains("12345678"), "a link to call holds the number too")
            let own = try await client.get("/sales/today", as: agency.principal("agent"))
            #expect(own.text.contains("tel:+8613812345678"))
        }
    }

    @Test(
        "every page is shown to the agent and to the manager, and no word is missing",
        arguments: ["agent", "manager", "service", "head"]
    )
    func pages(name: String) async throws {
        try await Agency.open { agency in
            let client = try Console(agency).client
            let uid = try await agency.customer(of: "agent")
            var opened = HandoverOpened.example
            opened.uid = uid
            try await agency.spine.deliver(opened, about: opened.handoverID, uid: uid, to: agency.app.subscriptions)
            let deal = try await agency.deal(with: uid, by: "agent")
            let unit = try await agency.firstUnit()
            _ = try await agency.acts("agent") { access, work in
                try await agency.app.holdUnit(unit.id, for: deal.id, minutes: 30, by: access, work)
            }
            for path in [
                "/sales/today", "/sales/customers", "/sales/customers?overdue=1", "/sales/customers/\(uid)",
                "/sales/deals", "/sales/deals/\(deal.id)", "/sales/units", "/sales/units/\(unit.id)",
                "/sales/search?q=0101", "/sales/search?q=张", "/sales/search",
            ] {
                let encoded = path.replacing("张", with: "%E5%BC%A0")
                let answer = try await client.get(encoded, as: agency.principal(name))
                #expect(answer.status == 200, "\(path): \(answer.text.prefix(300))")
                #expect(answer.missingWords == [], "\(path)")
            }
        }
    }

    @Test("forms do what they say, and a refused one says why and keeps what was written")
    func forms() async throws {
        try await Agency.open { agency in
            let client = try Console(agency).client
            let agent = try agency.principal("agent")
            let uid = try await agency.customer(of: "agent")
            let bad = try await client.post(
                "/sales/customers/\(uid)/contacts",
                form: ["kind": "call", "note": "kept words", "nextAt": "2026-12-01T10:00"],
                as: agent
            )
            #expect(bad.status == 422)
            #expect(bad.text.contains("kept words"))
            let good = try await client.post(
                "/sales/customers/\(uid)/contacts",
                form: ["kind": "call", "nextAction": "带看", "nextAt": "2026-12-01T10:00"],
                as: agent
            )
            #expect(good.status == 303)
            let deal = try await agency.deal(with: uid, by: "agent")
            let moved = try await client.post(
                "/sales/deals/\(deal.id)/stage",
                form: ["to": "need-confirmed"],
                as: agent
            )
            #expect(moved.status == 303)
            var script = HTTPFields()
            script[.accept] = "application/json"
            let refused = try await client.post(
                "/sales/deals/\(deal.id)/stage",
                form: ["to": "won"],
                as: agent,
                headers: script
            )
            #expect(refused.status == 409)
            #expect(refused.text.contains("detail"))
            let shift = try await client.post("/sales/me/shift", form: ["onShift": "false"], as: agent)
            #expect(shift.status == 303)
            #expect(try await agency.spine.events(of: StaffChanged.self).last?.isOnShift == false)
        }
    }

    @Test("the glossary says everything in both languages")
    func glossary() throws {
        let pages = try Pages(service: "sales", folder: SalesResources.pages)
        #expect(pages.strings.verify() == [])
    }
}
