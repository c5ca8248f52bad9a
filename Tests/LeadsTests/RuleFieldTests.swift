import Contracts
import Failures
import Foundation
import HTTPTypes
import Messaging
import Postgres
import TestSupport
import Testing
import Web

@testable import Leads

@Suite("What rules can ask for")
struct RuleFieldTests {
    private func rules(_ conditions: RuleCondition...) -> RuleSet {
        RuleSet([AssignmentRule("asked", RuleTarget(.pool, pool: "shared"), when: conditions)])
    }

    /// Pushes enquiries under a set of rules and tells which of them it matched.
    private func matched(_ office: Office, _ set: RuleSet, _ bodies: [String]) async throws -> [Bool] {
        try await office.switchOn(set)
        for body in bodies { try await office.push(body) }
        return try await office.leads().suffix(bodies.count).map { $0.pool == "shared" }
    }

    @Test(
        "a layout has so many rooms",
        arguments: [("3室2厅", 3), ("三室", 3), ("两房一厅", 2), ("4 居", 4), ("studio", nil), ("别墅", nil)]
            as [(String, Int?)]
    )
    func rooms(_ layout: String, _ expected: Int?) {
        #expect(LeadFacts.rooms(layout) == expected)
    }

    @Test(
        "conditions that cannot be meant are refused",
        arguments: [
            RuleCondition(.stage, .is, ["customer"]), RuleCondition(.reach, .is, ["fax"]),
            RuleCondition(.officeOpen, .is, ["maybe"]), RuleCondition(.answer, .is, ["77120"]),
            RuleCondition(.answer, .isKnown), RuleCondition(.rooms, .atLeast, ["many"]),
        ]
    )
    func refused(_ condition: RuleCondition) {
        #expect(condition.objection(at: "") != nil)
    }

    @Test("what an enquiry says of itself: how it can be answered, whether it has words, the ends of budget and area")
    func enquiry() async throws {
        try await Office.open { office in
            let set = rules(
                RuleCondition(.reach, .is, ["email"]),
                RuleCondition(.wrote, .is, ["yes"]),
                RuleCondition(.budgetFrom, .atLeast, ["3000000"]),
                RuleCondition(.areaTo, .atMost, ["120"]),
                RuleCondition(.rooms, .is, ["3"]),
                RuleCondition(.officeOpen, .is, ["yes"]),
                RuleCondition(.byHand, .isNot, ["yes"])
            )
            let budget = #""budget": {"min": 300000000, "max": 450000000}"#
            let need = #"{\#(budget), "area": {"min": 89, "max": 120}, "layouts": ["3室2厅"]}"#
            let said = #", "message": "周末看房", "need": \#(need)"#
            let whole = Office.enquiry("1", phone: "13800000001", email: "a@example.com", more: said)
            let mute = Office.enquiry("2", phone: "13800000002", email: "b@example.com", more: #", "need": \#(need)"#)
            let called = Office.enquiry("3", phone: "13800000003", more: said)
            let answers = try await matched(office, set, [whole, mute, called])
            #expect(answers == [true, false, false])
        }
    }

    @Test("answers in a channel's own form are compared, and only those are kept that a rule asks for")
    func answers() async throws {
        try await Office.open { office in
            func asked(_ number: Int, _ ad: String) -> String {
                let more = #", "attributes": {"AdId": "\#(ad)", "pet": "a cat"}"#
                return Office.enquiry("\(number)", phone: "1380000000\(number)", more: more)
            }
            let set = rules(RuleCondition(.answer, .is, ["adid=77120"]))
            let answers = try await matched(office, set, [asked(1, "77120"), asked(2, "8")])
            #expect(answers == [true, false])
            let questions = try await office.spine.read { tx in
                try await tx.all("SELECT question::text AS question FROM decisions WHERE question IS NOT NULL") {
                    try $0["question"] as String
                }
            }
            #expect(questions.contains { $0.contains("AdId=77120") })
            #expect(!questions.contains { $0.contains("cat") })
            // Decided once more, and looked at later, the lead says the same.
            let lead = try #require(try await office.leads().first)
            try await office.spine.read { tx in
                let seen = try await LeadFactsStore(tx).seen([lead.id])[lead.id]
                #expect(seen?.facts[.answer] == ["AdId=77120"])
                #expect(seen?.facts[.reach] == ["phone"])
                let decision = try #require(try await RosterSnapshotStore(tx).decisions(about: lead.id).first)
                let again = try #require(try await office.app.explainAssignment(decision, tx))
                #expect(again.assignment.why == decision.why)
            }
        }
    }

    @Test("how far a person has come decides where their next lead goes; who is new is potential")
    func stage() async throws {
        try await Office.open { office in
            try await office.push(Office.enquiry("1"))
            let first = try #require(try await office.leads().first)
            try await office.spine.perform(Cause(actor: "test")) { work in
                let sight = Cast.head.principal.leadSight
                try await office.app.discardLead(first.id, reason: "not-now", note: nil, sight, work)
                let store = LifeCycleStore(work.tx)
                _ = try await store.locked(first.uid)
                let why = Why(rule: "life.moved-in", version: 1, inputs: [:])
                try store.save(LifeCycle(stage: .owner, why: why, since: work.now), of: first.uid, at: work.now)
            }
            let set = rules(RuleCondition(.stage, .is, ["owner"]))
            let bodies = [Office.enquiry("2"), Office.enquiry("3", phone: "13900000003")]
            let answers = try await matched(office, set, bodies)
            #expect(answers == [true, false])
        }
    }

    @Test("grades ask for area, purpose, channel, campaign, district and whether somebody was here before")
    func grades() {
        var inputs = GradeInputs(channelKind: "website")
        inputs.area = 120
        inputs.purpose = "buy"
        inputs.channel = "web"
        inputs.campaign = "autumn"
        inputs.hasDistrict = true
        inputs.isReturning = true
        let tests = [
            GradeTest(.areaAtLeast, "120"), GradeTest(.purpose, "rent, buy"), GradeTest(.channel, "app,web"),
            GradeTest(.campaign, "autumn"), GradeTest(.districtNamed), GradeTest(.returning),
        ]
        let nothing = GradeInputs(channelKind: "website")
        for test in tests {
            #expect(test.matches(inputs) && !test.matches(nothing), "\(test.kind)")
            #expect(test.objection(field: "f") == nil, "\(test.kind)")
        }
        #expect(GradeInputs(asText: inputs.asText) == inputs)
        #expect(!GradeTest(.areaAtLeast, "121").matches(inputs))
    }

    @Test("the form shows what can be written, takes it in the viewer's words, and keeps every condition that there is")
    func form() async throws {
        try await FrontDoor.open { office, client, head in
            var viewer = head
            viewer.language = .chinese
            let page = try await client.get("/leads/rules/rule", as: viewer)
            #expect(page.status == 200 && page.missingWords == [])
            var form = ["name": "夜里", "kind": "any", "enabled": "yes"]
            form["field-0"] = "officeOpen"
            form["operator-0"] = "is"
            form["values-0"] = "否"
            for line in 1..<10 {
                form["field-\(line)"] = "rooms"
                form["operator-\(line)"] = "is-known"
            }
            #expect(try await client.post("/leads/rules/rule", form: form, as: viewer).status == 303)
            let draft = try await office.spine.read { try await RuleSetStore($0).draft(of: StaffID(head.staffID)) }
            let rule = try #require(draft?.set.rules.last)
            #expect(rule.conditions.first == RuleCondition(.officeOpen, .is, ["no"]))
            #expect(rule.conditions.count == 10)
            let again = try await client.get("/leads/rules/rule?rule=\(rule.name.asQueryValue)", as: head)
            #expect(again.text.contains("field-9") && again.missingWords == [])
        }
    }
}
