import Contracts
import Failures
import Foundation
import Messaging
import Postgres
import TestSupport
import Testing
import Web

@testable import Leads

@Suite("What a person wants, as staff correct it")
struct NeedTests {
    private static let before = Need(
        projects: ["garden"],
        budget: MoneyRange(max: 100, currency: "CNY"),
        timeframe: "3m"
    )

    @Test("only what somebody has changed is changed, whatever has been heard since they looked")
    func merged() throws {
        let heard = Need(projects: ["garden"], districts: ["浦东"], budget: MoneyRange(max: 200, currency: "CNY"))
        var wanted = Self.before
        (wanted.projects, wanted.timeframe) = (["river-park"], nil)
        let after = NeedChange(seen: Self.before, wanted: wanted).applied(to: heard)
        #expect(after.projects == ["river-park"] && after.timeframe == nil)
        #expect(after.districts == ["浦东"] && after.budget == heard.budget)
        #expect(after.differing(from: heard) == ["projects"])
        #expect(NeedChange(wanted: wanted).applied(to: heard) == wanted)
    }

    @Test(
        "what nobody could want is refused, naming the field",
        arguments: [
            (Need(budget: MoneyRange(min: 2, max: 1)), "range-reversed"),
            (Need(timeframe: "soon"), "unknown-timeframe"),
            (Need(area: AreaRange(min: 1e9)), "not-a-plausible-area"), (Need(purpose: "look"), "unknown-purpose"),
            (Need(budget: MoneyRange(min: -1)), "out-of-range"),
        ]
    )
    func refused(_ need: Need, _ code: String) {
        let refusal = #expect(throws: Rejection.self) { try need.checked(insteadOf: Need()) }
        #expect(refusal?.code == code)
    }

    private func change(_ office: Office, _ lead: LeadID, _ change: NeedChange, _ who: Cast = .head) async throws {
        try await office.spine.perform(.staff(StaffID(who.id))) { work in
            try await office.app.changeNeed(lead, change, who.principal.leadSight, work)
        }
    }

    private func shown(_ office: Office, _ lead: LeadID) async throws -> LeadView? {
        try await office.spine.read { try await LeadQueryStore($0).find(lead, Cast.head.principal.leadSight) }
    }

    @Test("a corrected need makes the grade anew with its why, and is told with who did it")
    func corrected() async throws {
        try await Office.open { office in
            let agent = try await office.staff()
            try await office.push(Office.enquiry("1", more: #", "need": {"projects": ["garden"]}"#))
            let lead = try #require(try await office.leads().first)
            try await office.calls(lead, by: agent, isReached: true, at: office.spine.clock.now.toMilliseconds)
            let wanted = Need(
                projects: ["river-park"],
                budget: MoneyRange(max: 400_000_000, currency: "CNY"),
                timeframe: "3m"
            )
            try await change(office, lead.id, NeedChange(wanted: wanted))
            let after = try #require(try await office.leads().first)
            #expect((after.grade, after.project) == (.a, "river-park"))
            let told = try await office.spine.events(of: LeadNeedChanged.self)
            #expect(told.map(\.changed) == [["projects", "budget", "timeframe"]])
            #expect(told.first?.previous?.projects == ["garden"] && told.first?.need == wanted)
            let graded = try await office.spine.events(of: LeadGraded.self)
            #expect(graded.last?.grade == "A" && graded.last?.why.inputs["budgetYuan"] == "4000000")
            // Who is worth more is called sooner.
            let followUp = try await office.spine.read { try await FollowUpStore($0).of([lead.id])[lead.id] }
            #expect(followUp?.why.inputs["grade"] == "A")
            // The same once more is no change.
            try await change(office, lead.id, NeedChange(wanted: wanted))
            #expect(try await office.spine.events(of: LeadNeedChanged.self).count == 1)
            let view = try await shown(office, lead.id)
            #expect(view?.needSetBy == StaffID(Cast.head.id))
            // What they say themselves after that is the last word.
            try await office.push(Office.enquiry("2", more: #", "need": {"timeframe": "12m"}"#))
            let later = try await shown(office, lead.id)
            #expect(later?.needSetBy == nil && later?.need?.timeframe == "12m" && later?.need?.budget == wanted.budget)
            #expect(try await AuditLedger(spine: office.spine)().breaches == [])
        }
    }

    @Test("a need that is less than was thought takes the grade back, and what is not wanted any more is gone")
    func taken() async throws {
        try await Office.open { office in
            try await office.staff()
            let more = #", "need": {"budget": {"max": 400000000}, "timeframe": "3m", "districts": ["浦东"]}"#
            try await office.push(Office.enquiry("1", more: more))
            let lead = try #require(try await office.leads().first)
            #expect(lead.grade == .a)
            try await change(office, lead.id, NeedChange(wanted: Need(districts: ["浦东"])))
            let after = try #require(try await office.leads().first)
            #expect(after.grade != .a)
            let graded = try await office.spine.events(of: LeadGraded.self).last
            #expect(graded?.why.inputs["budgetYuan"] == "unknown" && graded?.why.inputs["completeness"] == "3/8")
            let view = try await shown(office, lead.id)
            #expect(view?.need == Need(districts: ["浦东"]))
        }
    }

    @Test("who may not act, or does not see the lead, corrects nothing, and nothing of a lead that is closed")
    func scope() async throws {
        try await Office.open { office in
            try await office.staff()
            try await office.push(Office.enquiry("1"))
            let lead = try #require(try await office.leads().first).id
            let wish = NeedChange(wanted: Need(timeframe: "1m"))
            for (who, kind) in [(Cast.marketing, Rejection.Kind.forbidden), (.colleague, .notFound)] {
                let refusal = await #expect(throws: Rejection.self) { try await change(office, lead, wish, who) }
                #expect(refusal?.kind == kind)
            }
            try await office.spine.perform(Cause(actor: "test")) { work in
                let sight = Cast.head.principal.leadSight
                try await office.app.discardLead(lead, reason: "spam", note: nil, sight, work)
            }
            let refusal = await #expect(throws: Rejection.self) { try await change(office, lead, wish) }
            #expect(refusal?.code == "lead-not-open")
        }
    }

    @Test("the form shows what is known; what comes back unchanged changes nothing")
    func form() async throws {
        try await FrontDoor.open { office, client, head in
            try await office.staff()
            let more =
                #", "need": {"projects": ["river-park"], "budget": {"min": 100050, "max": 400000000}, "area": {"min": 89.5}}"#
            try await office.push(Office.enquiry("1", more: more))
            let lead = try #require(try await office.leads().first)
            let path = "/leads/leads/\(lead.id)"
            let page = try await client.get(path, as: head)
            #expect(page.text.contains(#"name="budgetMin" type="text" value="1000.50""#) && page.missingWords == [])
            let need = try await office.spine.read { try await NeedStore($0).need(of: lead.id) }
            var form = [
                "seen": try Wire.json(of: need), "projects": "River Park", "budgetMin": "1000.50",
                "budgetMax": "4000000",
                "areaMin": "89.5", "areaMax": "",
            ]
            #expect(try await client.post("\(path)/need", form: form, as: head).status == 303)
            #expect(try await office.spine.events(of: LeadNeedChanged.self).isEmpty)
            form["timeframe"] = "6m"
            form["districts"] = "浦东、徐汇"
            #expect(try await client.post("\(path)/need", form: form, as: head).status == 303)
            let told = try await office.spine.events(of: LeadNeedChanged.self)
            #expect(told.map(\.changed) == [["districts", "timeframe"]])
            #expect(told.first?.need.districts == ["浦东", "徐汇"])
            let shown = try await client.get(path, as: head)
            #expect(shown.text.contains("Wishes corrected: Districts, Timeframe") && shown.missingWords == [])
            form["budgetMin"] = "a lot"
            #expect(try await client.post("\(path)/need", form: form, as: head).status == 422)
            let api = "/leads/api/v1/leads/\(lead.id)/need"
            let answer = try await client.post(api, json: #"{"timeframe": "1m"}"#, as: head)
            #expect(answer.status == 200 && answer.text.contains(#""needSetBy":"#))
        }
    }
}
