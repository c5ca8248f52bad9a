import Contracts
import Foundation
import TestSupport
import Testing
import Web

@testable import Notify

@Suite("Whose messages are seen")
struct ScopeTests {
    private struct List: Decodable {
        struct Item: Decodable {
            let id: String
            let template: String
        }

        let items: [Item]
    }

    /// A customer of `Cast.owner` who asked for the cast's project was written to.
    private func open(_ body: @Sendable (Stage, RouteClient, MessageID) async throws -> Void) async throws {
        try await Stage.open { stage in
            let owner = StaffID(Cast.owner.id)
            try await stage.hires(owner, "Owner", role: "agent", phone: nil, language: "en")
            var assigned = stage.assigned
            assigned.ownerID = owner
            assigned.teamID = TeamID(Cast.team)
            var received = stage.received
            received.need = Need(projects: [Cast.projectName])
            try await stage.hears(received, about: stage.lead, uid: stage.uid)
            try await stage.hears(assigned, about: stage.lead, uid: stage.uid, sequence: 2)
            let signIn = try TestSignIn()
            let client = RouteClient(try RouteTests.server(stage, signIn).responder, signIn: signIn)
            let id = try #require(try await stage.message("lead-acknowledged", .sms)?.id)
            try await body(stage, client, id)
        }
    }

    @Test("list, record, page and fragment agree with the rule, for everybody")
    func everywhere() async throws {
        try await open { stage, client, id in
            for one in Cast.allCases {
                let isSeen = Cast.seesSales.contains(one)
                let list = try await client.get("/notify/api/v1/messages?uid=\(stage.uid)", as: one.principal)
                #expect(try list.json(List.self).items.map(\.id) == (isSeen ? [id.description] : []), "\(one)")
                let found = isSeen ? 200 : 404
                #expect(try await client.get("/notify/api/v1/messages/\(id)", as: one.principal).status == found)
                let page = try await client.get("/notify/messages/\(id)", as: one.principal)
                #expect(page.status == found, "\(one)")
                #expect(page.text.contains("138 1234 5678") == false || one == .owner, "\(one)")
                let person = try await client.get("/notify/fragments/person/\(stage.uid)", as: one.principal)
                #expect(person.text.contains(id.description) == isSeen, "\(one)")
            }
        }
    }

    @Test("the desk sees the messages of people whom it serves")
    func served() async throws {
        try await open { stage, client, id in
            var opened = CaseOpened.example
            (opened.uid, opened.ownerID) = (stage.uid, nil)
            try await stage.hears(opened, about: opened.caseID, uid: stage.uid)
            for one in [Cast.service, .supervisor] {
                #expect(try await client.get("/notify/api/v1/messages/\(id)", as: one.principal).status == 200)
            }
        }
    }

    @Test("the new owner of a case is told, and an agent whose customer's numbers were shown")
    func told() async throws {
        try await Stage.open { stage in
            var given = CaseReassigned.example
            (given.uid, given.ownerID, given.staffID) = (stage.uid, stage.agent, stage.manager)
            try await stage.hears(given, about: given.caseID, uid: stage.uid)
            let notice = try #require(try await stage.message("case-reassigned", .inApp))
            #expect(notice.staffID == stage.agent)
            #expect(notice.text.body.contains("王经理"))
            let shown = CustomerUnmasked(uid: stage.uid, staffID: stage.manager, reason: "回访", ownerID: stage.agent)
            try await stage.hears(shown, about: stage.uid, uid: stage.uid)
            #expect(try await stage.message("customer-unmasked", .inApp)?.text.body.contains("回访") == true)
        }
    }
}
