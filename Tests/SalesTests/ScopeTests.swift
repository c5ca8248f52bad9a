import Contracts
import Foundation
import Messaging
import TestSupport
import Testing
import Web

@testable import Sales

@Suite("Whose customers and deals are seen")
struct ScopeTests {
    private struct List: Decodable {
        struct Item: Decodable {
            let id: String?
            let uid: String?
            let hold: Hold?
        }

        struct Hold: Decodable {
            let staffId: String?
        }

        let items: [Item]
    }

    /// Who is who in an agency that has two more managers, staff of two projects and everybody else.
    private static let seeing: [(name: String, sees: Bool, acts: Bool)] = [
        ("agent", true, true), ("second", false, false), ("manager", true, true), ("other", false, false),
        ("boss", false, false), ("site", true, true), ("elsewhere", false, false), ("head", true, true),
        ("admin", true, true), ("clerk", true, false), ("marketing", true, false), ("service", false, false),
    ]

    private static func more() throws -> StaffSeed {
        let people = [
            #"{"email":"boss@x.example","name":"Helen","role":"manager","team":"desk""#,
            #"{"email":"site@x.example","name":"Site","role":"manager","scope":"project","projects":["river-park"]"#,
            #"{"email":"elsewhere@x.example","name":"Else","role":"manager","scope":"project","projects":["garden-city"]"#,
            #"{"email":"clerk@x.example","name":"Ning","role":"clerk""#,
            #"{"email":"marketing@x.example","name":"Grace","role":"marketing""#,
        ].map { $0 + #","password":"\#(Agency.password)"}"# }
        let team = #"{"key":"desk","name":{"en":"Team desk","zh":"desk 组"},"projects":["river-park"],"regions":[]}"#
        return try Samples.read(
            StaffSeed.init(file:),
            #"{"teams":[\#(team)],"staff":[\#(people.joined(separator: ","))]}"#
        )
    }

    /// An agency where `agent` has a customer with a deal that holds the first unit.
    private func open(_ body: (Agency, RouteClient, UID, Deal, Sales.Unit) async throws -> Void) async throws {
        try await Agency.open { small in
            try await small.app.seedStaff(try Self.more())
            let staff = try await small.spine.read { try await StaffStore($0).everybody() }
            let byName = Dictionary(staff.map { (String($0.email.prefix { $0 != "@" }), $0) }) { first, _ in first }
            let agency = Agency(spine: small.spine, app: small.app, staff: byName)
            let uid = try await agency.customer(of: "agent")
            let deal = try await agency.deal(with: uid, by: "agent")
            let unit = try await agency.firstUnit()
            _ = try await agency.acts("agent") { access, work in
                try await agency.app.holdUnit(unit.id, for: deal.id, minutes: 30, by: access, work)
            }
            try await body(agency, try Console(agency).client, uid, deal, unit)
        }
    }

    @Test("lists, records, pages, board and search agree with the rule, for everybody")
    func everywhere() async throws {
        try await open { agency, client, uid, deal, _ in
            for one in Self.seeing {
                let who = try agency.principal(one.name)
                for (path, id) in [("customers", uid.description), ("deals", deal.id.description)] {
                    let list = try await client.get("/sales/api/v1/\(path)", as: who).json(List.self)
                    #expect(list.items.contains { $0.uid == uid.description } == one.sees, "\(one.name) \(path)")
                    let found = one.sees ? 200 : 404
                    let api = try await client.get("/sales/api/v1/\(path)/\(id)", as: who)
                    #expect(api.status == found, "\(one.name) \(path)")
                    #expect(try await client.get("/sales/\(path)/\(id)", as: who).status == found, "\(one.name)")
                    let page = try await client.get("/sales/\(path)", as: who)
                    #expect(page.text.contains(id) == one.sees, "\(one.name) \(path)")
                }
                let timeline = try await client.get("/sales/api/v1/customers/\(uid)/timeline", as: who)
                #expect(timeline.status == (one.sees ? 200 : 404))
                let search = try await client.get("/sales/search?q=5678", as: who)
                #expect(search.text.contains(uid.description) == one.sees, "\(one.name)")
            }
        }
    }

    @Test(
        "who may not do it at all is told so; who does not see it is told that there is none, as of what is not there"
    )
    func verbs() async throws {
        try await open { agency, client, uid, deal, unit in
            for one in Self.seeing {
                let who = try agency.principal(one.name)
                let mayAct = [.agent, .manager, .head, .admin].contains(who.role)
                let refused = mayAct ? 404 : 403
                for id in [uid, UID.new()] {
                    let contact = try await client.post(
                        "/sales/api/v1/customers/\(id)/contacts",
                        json: #"{"kind":"call"}"#,
                        as: who
                    )
                    #expect(contact.status == (one.acts && id == uid ? 201 : refused), "\(one.name) contact")
                }
                for id in [deal.id, DealID.new()] where !(one.acts && id == deal.id) {
                    let move = #"{"stage":"need-confirmed"}"#
                    let moved = try await client.post("/sales/api/v1/deals/\(id)/stage", json: move, as: who)
                    #expect(moved.status == refused, "\(one.name) stage")
                    let lost = try await client.post(
                        "/sales/api/v1/deals/\(id)/lose",
                        json: #"{"reason":"price"}"#,
                        as: who
                    )
                    #expect(lost.status == refused, "\(one.name) lost")
                }
                if !one.acts {
                    let path = "/sales/api/v1/units/\(unit.id)/release"
                    #expect(try await client.post(path, json: "{}", as: who).status == refused, "\(one.name) release")
                    let form = try await client.post(
                        "/sales/deals/\(deal.id)/stage",
                        form: ["to": "need-confirmed"],
                        as: who
                    )
                    #expect(form.status == refused, "\(one.name) form")
                }
            }
            #expect(try await agency.spine.events(of: DealStageChanged.self).isEmpty)
        }
    }

    @Test("who has a unit is known to the team and to whoever sees the deal; others know that it is another team")
    func holder() async throws {
        try await open { agency, client, _, _, unit in
            let holder = try agency.member("agent")
            for (name, knows) in [
                ("second", true), ("manager", true), ("head", true), ("other", false), ("boss", false),
            ] {
                let who = try agency.principal(name)
                let list = try await client.get("/sales/api/v1/units?state=held", as: who).json(List.self)
                #expect((list.items.first?.hold?.staffId == holder.id.description) == knows, "\(name)")
                let page = try await client.get("/sales/units/\(unit.id)", as: who)
                #expect(page.text.contains(holder.name) == knows, "\(name)")
            }
            let rival = try await agency.customer(of: "other", phone: "+8613912345678")
            let deal = try await agency.deal(with: rival, by: "other")
            let refused = try await client.post(
                "/sales/api/v1/units/\(unit.id)/hold",
                json: #"{"dealId":"\#(deal.id)"}"#,
                as: try agency.principal("other")
            )
            #expect(refused.status == 409)
            #expect(refused.text.contains("held by another team"))
        }
    }

    @Test("whoever leads or serves has numbers shown with a reason, which is kept, listed and told")
    func unmasked() async throws {
        try await open { agency, client, uid, _, _ in
            let path = "/sales/api/v1/customers/\(uid)/numbers"
            let asked = #"{"reason":"客户来电"}"#
            for (name, status) in [("second", 404), ("clerk", 403), ("marketing", 403), ("service", 404)] {
                #expect(
                    try await client.post(path, json: asked, as: agency.principal(name)).status == status,
                    "\(name)"
                )
            }
            let manager = try agency.principal("manager")
            #expect(try await client.post(path, json: #"{"reason":" "}"#, as: manager).status == 422)
            let mine = try await client.post(path, json: "{}", as: agency.principal("agent"))
            #expect(mine.text.contains("+8613812345678"))
            #expect(try await agency.spine.events(of: CustomerUnmasked.self).isEmpty)
            let shown = try await client.post(path, json: asked, as: manager)
            #expect(shown.text.contains("+8613812345678"))
            let events = try await agency.spine.events(of: CustomerUnmasked.self)
            #expect(events.map(\.reason) == ["客户来电"])
            #expect(events.first?.ownerID == agency.staff["agent"]?.id)
            #expect(events.first?.staffID == agency.staff["manager"]?.id)
            let list = try await client.get(path, as: manager)
            #expect(list.text.contains("客户来电"))
            #expect(try await client.get(path, as: agency.principal("agent")).status == 403)
            let timeline = try await client.get("/sales/api/v1/customers/\(uid)/timeline", as: manager)
            #expect(timeline.text.contains("sales.customer.unmasked.v1"))
            let form = try await client.post("/sales/customers/\(uid)/numbers", form: ["reason": "回访"], as: manager)
            #expect(form.text.contains("138 1234 5678"))
            let after = try await client.get("/sales/customers/\(uid)", as: manager)
            #expect(!after.text.contains("138 1234 5678"))
        }
    }
}
