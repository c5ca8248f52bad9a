import Contracts
import Foundation
import Messaging
import TestSupport
import Testing

@testable import Leads
@testable import Web

@Suite("Whose leads are seen")
struct ScopeTests {
    private struct List: Decodable {
        struct Item: Decodable {
            let id: String
            let phone: String?
        }

        let items: [Item]
    }

    /// An office where `Cast.owner` has one lead about the cast's project, and a feed.
    private func open(_ body: (RouteClient, Lead, LiveFeed, Office) async throws -> Void) async throws {
        try await Office.open { office in
            let feed = LiveFeed()
            let app = LeadsApp(office.spine, announce: { LeadsLive.announce($0, on: feed) })
            let office = Office(app: app)
            let pages = try Pages(service: "leads", bundle: LeadsApp.resources, zone: .shanghai, now: { Date() })
            let signIn = try TestSignIn()
            let standing: Standing.Lookup = { id in
                try await office.spine.read { try await StandingStore($0).of([id])[id] }
            }
            let server = WebServer(
                configuration: .init(service: "leads", port: 0, opsPort: 0, publicURL: "http://localhost:8080"),
                pages: pages,
                verifier: signIn.verifier,
                standing: standing,
                feed: feed,
                logger: testLogger("leads")
            ) { router in
                LeadsService.addRoutes(app, pages: pages, feed: feed, to: router)
            }
            try await office.staff(StaffID(Cast.owner.id), team: TeamID(Cast.team))
            try await office.push(
                Office.enquiry("1", more: #", "need": {"projects": ["\#(Cast.projectName)"]}"#)
            )
            let lead = try await office.leads()[0]
            #expect(lead.ownerID == StaffID(Cast.owner.id))
            try await body(RouteClient(server.responder, signIn: signIn), lead, feed, office)
        }
    }

    @Test("list, record, page, fragments, search and counts agree with the rule, for everybody")
    func everywhere() async throws {
        try await open { client, lead, _, _ in
            for one in Cast.allCases {
                let isSeen = Cast.seesSales.contains(one)
                let who = one.principal
                for path in ["/leads/api/v1/leads", "/leads/api/v1/leads?phone=13812345678"] {
                    let list = try await client.get(path, as: who).json(List.self)
                    #expect(list.items.count == (isSeen ? 1 : 0), "\(one) \(path)")
                }
                let found = isSeen ? 200 : 404
                #expect(try await client.get("/leads/api/v1/leads/\(lead.id)", as: who).status == found, "\(one)")
                #expect(try await client.get("/leads/leads/\(lead.id)", as: who).status == found, "\(one)")
                for path in ["fragments/today", "fragments/person/\(lead.uid)", "fragments/list", "leads"] {
                    let answer = try await client.get("/leads/\(path)", as: who)
                    #expect(answer.status == 200)
                    #expect(answer.text.contains(lead.id.description) == isSeen, "\(one) \(path)")
                }
            }
        }
    }

    @Test("the number is whole for the owner only, in the API and on the page")
    func masked() async throws {
        try await open { client, lead, _, _ in
            for one in Cast.seesSales {
                let api = try await client.get("/leads/api/v1/leads/\(lead.id)", as: one.principal)
                #expect(api.text.contains("+8613812345678") == (one == .owner), "\(one)")
                let page = try await client.get("/leads/leads/\(lead.id)", as: one.principal)
                #expect(page.text.contains("138 1234 5678") == (one == .owner), "\(one)")
            }
        }
    }

    @Test("who may not do it at all is told so; who does not see the lead is told that there is none")
    func verbs() async throws {
        try await open { client, lead, _, _ in
            let nothing = LeadID.new()
            for one in Cast.allCases where !Cast.actsInSales.contains(one) {
                for id in [lead.id, nothing] {
                    let answer = try await client.post(
                        "/leads/api/v1/leads/\(id)/discard",
                        json: #"{"reason":"spam"}"#,
                        as: one.principal
                    )
                    let isActor = [.agent, .manager].contains(one.role)
                    let isIntern = one == .intern
                    #expect(answer.status == (isActor && !isIntern ? 404 : 403), "\(one)")
                }
            }
            let assign = #"{"agentId":"\#(Cast.owner.id.uuidString.lowercased())"}"#
            for one in Cast.allCases {
                let answer = try await client.post(
                    "/leads/api/v1/leads/\(lead.id)/assign",
                    json: assign,
                    as: one.principal
                )
                let leads: Set<Cast> = [.manager, .project, .head, .admin]
                let blind: Set<Cast> = [.otherManager, .otherProject]
                #expect(answer.status == (leads.contains(one) ? 200 : blind.contains(one) ? 404 : 403), "\(one)")
            }
            let mine = try await client.post(
                "/leads/leads/\(lead.id)/discard",
                form: ["reason": "spam"],
                as: Cast.owner.principal
            )
            #expect(mine.status == 303)
        }
    }

    @Test("open pages hear of the leads that their viewer sees, and of no others")
    func live() async throws {
        try await open { _, lead, feed, office in
            let pages = Cast.allCases.map { ($0, feed.open([LeadsLive.topic], for: $0.principal.leadSight)) }
            try await office.push(Office.enquiry("2"))
            for (one, page) in pages {
                feed.close(page.id)
                var heard = ""
                for await event in page.stream { heard += event }
                #expect(heard.contains(lead.id.description) == Cast.seesSales.contains(one), "\(one)")
            }
        }
    }

    @Test("the ledger is about everybody's leads: agents, clerks and the desk do not read it")
    func ledger() async throws {
        try await open { client, _, _, _ in
            for one in Cast.allCases {
                let may = [.manager, .head, .admin, .marketing].contains(one.role)
                let status = try await client.get("/leads/ledger", as: one.principal).status
                #expect(status == (may ? 200 : 403), "\(one)")
            }
        }
    }

    @Test("the ledger's rows lead to a lead only where their reader may follow")
    func ledgerLinks() async throws {
        try await open { client, lead, _, office in
            let submission = try await office.ledger()[0].id
            let page = "/leads/ledger/\(submission.wire)"
            for one in Cast.allCases {
                let sees = Cast.seesSales.contains(one)
                let reads = [.manager, .head, .admin, .marketing].contains(one.role)
                let shown = try await client.get(page, as: one.principal)
                #expect(shown.status == (reads || sees ? 200 : 404), "\(one)")
                #expect(shown.text.contains("/leads/leads/\(lead.id)") == sees, "\(one)")
                #expect(shown.text.contains(#""/leads/ledger""#) == reads, "\(one)")
                guard reads else { continue }
                let list = try await client.get("/leads/ledger", as: one.principal).text
                #expect(list.contains("/leads/leads/\(lead.id)") == sees, "\(one)")
                #expect(list.contains(page) != sees, "\(one)")
            }
        }
    }

    @Test("what a lead is made of leads to each submission, not back to the same page")
    func touches() async throws {
        try await open { client, lead, _, office in
            let submission = try await office.ledger()[0].id
            let page = try await client.get("/leads/leads/\(lead.id)", as: Cast.owner.principal)
            #expect(page.text.contains("/leads/ledger/\(submission.wire)"))
        }
    }

    @Test("the token of somebody who has left is refused as soon as Sales has told of it")
    func left() async throws {
        try await open { client, lead, _, office in
            let path = "/leads/api/v1/leads/\(lead.id)"
            #expect(try await client.get(path, as: Cast.owner.principal).status == 200)
            try await office.staff(StaffID(Cast.owner.id), team: TeamID(Cast.team), active: false, sequence: 2)
            #expect(try await client.get(path, as: Cast.owner.principal).status == 401)
        }
    }
}
