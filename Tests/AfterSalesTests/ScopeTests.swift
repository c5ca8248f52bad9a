import Contracts
import Foundation
import Messaging
import TestSupport
import Testing
import Web

@testable import AfterSales

@Suite("Whose cases and hand-overs are seen")
struct ScopeTests {
    private struct List: Decodable {
        struct Item: Decodable {
            let id: String
        }

        let items: [Item]
    }

    private static let seers: Set<Cast> = [.owner, .manager, .project, .head, .admin, .service, .supervisor]
    private static let nothingToDo: Set<Cast> = [.clerk, .marketing, .intern]

    /// A desk whose customer belongs to `Cast.owner`, has bought in the cast's project and complains about it.
    private func open(_ body: @Sendable (Desk, RouteClient, Case, Handover) async throws -> Void) async throws {
        try await FrontDoor.open { desk, door in
            var contract = desk.contract()
            contract.project = Cast.projectName
            try await desk.spine.deliver(
                contract,
                about: contract.contractID,
                uid: desk.customer,
                to: desk.app.subscriptions
            )
            var assigned = LeadAssigned.example
            assigned.uid = desk.customer
            assigned.ownerID = StaffID(Cast.owner.id)
            assigned.teamID = TeamID(Cast.team)
            try await desk.spine.deliver(
                assigned,
                about: assigned.leadID,
                uid: desk.customer,
                to: desk.app.subscriptions
            )
            let handover = try await desk.spine.read { tx in
                // What was said names no project: it is where the customer bought.
                let everything = try Reach(Cast.admin.principal)
                return try await HandoverStore(tx).open(everything, after: nil, limit: 1)[0].record
            }
            let said = NewCase(
                uid: desk.customer,
                kind: "complaint",
                title: "卫生间漏水",
                text: "从昨天晚上开始",
                unitId: handover.unitID
            )
            let opened = try await desk.app.openCase(CaseRequest(said), .staff(desk.clerks[0]))
            try await body(desk, door.client, opened, handover)
        }
    }

    @Test("list, record, page and fragments agree with the rule, for everybody")
    func everywhere() async throws {
        try await open { desk, client, opened, handover in
            for one in Cast.allCases {
                let who = one.principal
                let none = Self.nothingToDo.contains(one)
                let isSeen = Self.seers.contains(one)
                let found = none ? 403 : isSeen ? 200 : 404
                for (kind, id) in [("cases", opened.id.description), ("handovers", handover.id.description)] {
                    let list = try await client.get("/service/api/v1/\(kind)", as: who)
                    #expect(list.status == (none ? 403 : 200), "\(one) \(kind)")
                    if !none { #expect(try list.json(List.self).items.count == (isSeen ? 1 : 0), "\(one) \(kind)") }
                    #expect(try await client.get("/service/api/v1/\(kind)/\(id)", as: who).status == found, "\(one)")
                    #expect(try await client.get("/service/\(kind)/\(id)", as: who).status == found, "\(one) \(kind)")
                    let missing = try await client.get("/service/api/v1/\(kind)/\(CaseID.new())", as: who)
                    #expect(missing.status == (none ? 403 : 404), "\(one)")
                }
                for path in ["today", "person/\(desk.customer)"] {
                    let answer = try await client.get("/service/fragments/\(path)", as: who)
                    #expect(answer.status == (none ? 204 : 200))
                    let isDesk = [.service].contains(one)
                    if path != "today" || !isDesk {
                        #expect(answer.text.contains(opened.id.description) == isSeen, "\(one) \(path)")
                    }
                }
            }
        }
    }

    @Test("only the desk acts, only who leads it gives cases away, and only within what they see")
    func verbs() async throws {
        try await open { desk, client, opened, handover in
            var narrow = Cast.service.principal
            (narrow.scope, narrow.projects) = (.project, ["garden-city"])
            let reply = "/service/api/v1/cases/\(opened.id)/replies"
            #expect(try await client.post(reply, json: #"{"text":"好的"}"#, as: narrow).status == 404)
            let form = try await client.post("/service/cases/\(opened.id)/replies", form: ["text": "好的"], as: narrow)
            #expect(form.status == 404)
            let done = try await client.post("/service/handovers/\(handover.id)/complete", form: [:], as: narrow)
            #expect(done.status == 404)
            #expect(try await desk.spine.events(of: CaseReplied.self).isEmpty)
            let acts: Set<Cast> = [.service, .supervisor, .head, .admin]
            for one in Cast.allCases {
                let answer = try await client.post(reply, json: #"{"text":"好的"}"#, as: one.principal)
                #expect(answer.status == (acts.contains(one) ? 201 : 403), "\(one)")
                let given = try await client.post(
                    "/service/api/v1/cases/\(opened.id)/owner",
                    json: #"{"staffId":"\#(desk.clerks[1])"}"#,
                    as: one.principal
                )
                #expect(given.status == ([.supervisor, .head, .admin].contains(one) ? 200 : 403), "\(one)")
            }
        }
    }

    @Test("the number is whole for the customer's agent and whoever works on the case")
    func masked() async throws {
        try await open { desk, client, opened, _ in
            for one in Self.seers {
                let page = try await client.get("/service/cases/\(opened.id)", as: one.principal)
                #expect(page.text.contains("138 1234 5678") == (one == .owner), "\(one)")
            }
            var worker = Cast.service.principal
            worker.staffID = try #require(opened.ownerID).uuid
            let page = try await client.get("/service/cases/\(opened.id)", as: worker)
            #expect(page.text.contains("138 1234 5678"))
        }
    }

    @Test("a case in another hand is told once, with both hands and why")
    func reassigned() async throws {
        try await open { desk, _, opened, _ in
            let other = try #require(desk.clerks.first { $0 != opened.ownerID })
            for _ in 0..<2 {
                _ = try await desk.app.giveCase(opened.id, to: other, by: desk.supervisor, .staff(desk.supervisor))
            }
            let told = try await desk.spine.events(of: CaseReassigned.self)
            #expect(told.count == 1)
            #expect(told.first?.ownerID == other)
            #expect(told.first?.previousOwnerID == opened.ownerID)
            #expect(told.first?.responseDueAt == opened.responseDueAt)
            #expect(told.first?.why.rule == "owner.given-by-supervisor")
        }
    }
}
