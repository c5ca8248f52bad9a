import Contracts
import Foundation
import HTTPTypes
import Messaging
import TestSupport
import Testing
import Web

@testable import Leads

@Suite("What marketing knows goes along with a lead")
struct HandOverTests {
    private static let schools = #", "message": "学区""#

    private static func ruled(_ operator: RuleOperator, for agent: StaffID) -> RuleSet {
        let condition = RuleCondition(.tag, `operator`, ["interest=education"])
        return RuleSet([AssignmentRule("schools", RuleTarget(.person, staffID: agent), when: [condition])])
    }

    @Test("a rule by tag finds who writes of it now, and who is known for it from before")
    func rule() async throws {
        try await Office.open { office in
            let expert = try await office.staff()
            try await office.staff()
            try await office.switchOn(Self.ruled(.is, for: expert))
            try await office.push(Office.enquiry("1", phone: "13900000001", more: Self.schools))
            try await office.push(Office.enquiry("2", phone: "13900000002"))
            try await office.takeInTags()
            let before = try await office.leads()
            #expect(before.map(\.ownerID) == [expert, nil])
            // The first is given up and enquires again, saying nothing of it.
            try await office.spine.perform(.staff(expert)) { work in
                let sight = Cast.head.principal.leadSight
                try await office.app.discardLead(before[0].id, reason: "no-need", note: nil, sight, work)
            }
            try await office.push(Office.enquiry("3", phone: "13900000001"))
            let leads = try await office.leads()
            #expect(leads.last?.ownerID == expert)
            let told = try await office.spine.events(of: LeadAssigned.self)
            #expect(told.map { $0.tags?.map(\.value) } == [["education"], nil, ["education"]])
        }
    }

    @Test("what staff have rejected is neither looked at by a rule nor handed over")
    func rejected() async throws {
        try await Office.open { office in
            let expert = try await office.staff()
            try await office.switchOn(Self.ruled(.is, for: expert))
            try await office.push(Office.enquiry("1", more: Self.schools))
            try await office.takeInTags()
            let lead = try #require(try await office.leads().first)
            let owner = Principal(staffID: expert.uuid, name: "A", email: "a@l.example", role: .agent, scope: .own)
            try await office.judge(lead, "interest", "education", isRight: false, by: owner)
            try await office.spine.perform(.staff(expert)) { work in
                try await office.app.discardLead(lead.id, reason: "no-need", note: nil, owner.leadSight, work)
            }
            try await office.push(Office.enquiry("2", more: Self.schools))
            let again = try #require(try await office.leads().last)
            #expect(again.ownerID == nil)
            let told = try await office.spine.events(of: LeadAssigned.self)
            #expect(told.map { $0.tags?.map(\.value) } == [["education"], nil])
        }
    }

    @Test("a lead that is passed on takes everything along that is known, confirmed or not")
    func passedOn() async throws {
        try await Office.open { office in
            let first = try await office.staff()
            let more = Self.schools + #", "need": {"purpose": "buy"}"#
            try await office.push(Office.enquiry("1", more: more))
            try await office.takeInTags()
            let lead = try #require(try await office.leads().first)
            let owner = Principal(staffID: first.uuid, name: "A", email: "a@l.example", role: .agent, scope: .own)
            try await office.judge(lead, "purpose", "buy", isRight: true, by: owner)
            let second = try await office.staff()
            try await office.spine.perform(.staff(.new())) { work in
                try await office.app.reassignLead(lead.id, to: second, Cast.head.principal.leadSight, work)
            }
            let told = try #require(try await office.spine.events(of: LeadAssigned.self).last?.tags)
            #expect(told.map { "\($0.key)=\($0.value)" } == ["interest=education", "purpose=buy"])
            #expect(told.map(\.isConfirmed) == [false, true])
        }
    }

    @Test("past leads are tried with the tags of their people")
    func facts() async throws {
        try await Office.open { office in
            try await office.staff()
            try await office.push(Office.enquiry("1", more: Self.schools))
            try await office.takeInTags()
            let lead = try #require(try await office.leads().first)
            let facts = try await office.spine.read { try await LeadFactsStore($0).seen([lead.id]) }
            #expect(facts[lead.id]?.facts[.tag] == ["interest=education"])
        }
    }

    @Test("an agent says on the page of a person which tags are right", arguments: ["en", "zh-Hans"])
    func personPage(_ language: String) async throws {
        try await FrontDoor.open { office, client, _ in
            let id = try await office.staff()
            try await office.push(Office.enquiry("1", more: Self.schools))
            try await office.takeInTags()
            let lead = try #require(try await office.leads().first)
            let agent = Principal(staffID: id.uuid, name: "A", email: "a@l.example", role: .agent, scope: .own)
            let path = "/leads/persons/\(lead.uid)"
            let page = try await client.get(path, as: agent, headers: [.acceptLanguage: language])
            #expect(page.missingWords == [])
            let action = "/leads/leads/\(lead.id)/tags?person=\(lead.uid)"
            #expect(page.text.contains(action))
            let form = ["key": "interest", "value": "education", "verdict": "confirm"]
            let answer = try await client.post(action, form: form, as: agent)
            #expect(answer.headers[.location]?.hasPrefix(path) == true)
            #expect(try await office.tags().map(\.standing) == [.confirmed])
        }
    }
}
