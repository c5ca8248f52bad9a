import Contracts
import Foundation
import HTTPTypes
import Messaging
import Postgres
import TestSupport
import Testing
import Web

@testable import Leads

@Suite("What other rules would have done, and what is kept for it")
struct SimulationTests {
    private func push(_ office: Office, _ numbers: ClosedRange<Int>) async throws {
        for number in numbers { try await office.push(Office.enquiry("\(number)", phone: "1381234567\(number)")) }
    }

    @Test("who was away or full when a lead came would not have had it; that everybody was free can be assumed instead")
    func presence() async throws {
        try await Office.open { office in
            let ann = try await office.staff()
            let bob = try await office.staff(capacity: 2)
            try await office.switchOn(
                RuleSet([AssignmentRule("bob", RuleTarget(.person, staffID: bob)), AssignmentRule("any", .any)])
            )
            // Two are Bob's, the third finds him full; then he has gone.
            try await push(office, 1...3)
            try await office.staff(bob, capacity: 40, onShift: false, sequence: 2)
            try await push(office, 4...4)
            // Today he is there with room for everybody: that does not matter.
            try await office.staff(bob, capacity: 40, sequence: 3)
            #expect(try await office.leads().map(\.ownerID) == [bob, bob, ann, ann])
            let wanted = RuleSet([
                AssignmentRule("ann", RuleTarget(.person, staffID: ann)), AssignmentRule("any", .any),
            ])
            let then = try await office.app.simulateRules(wanted, days: 30).simulation
            #expect(then.unknown == 0 && then.looked == 4)
            #expect(then.agents[bob] == .init(before: 2, after: 0))
            #expect(then.agents[ann] == .init(before: 2, after: 4))
            let free = try await office.app.simulateRules(wanted, days: 30, isEverybodyFree: true)
            #expect(free.isEverybodyFree && free.simulation.agents[bob] == .init(before: 4, after: 0))
        }
    }

    @Test("what is older than is kept goes, the newer stays; a decision without it keeps its reasons and says why")
    func pruned() async throws {
        try await FrontDoor.open { office, client, head in
            let agent = try await office.staff()
            try await push(office, 1...2)
            let (old, new) = (try await office.leads()[0], try await office.leads()[1])
            let ago = office.spine.clock.now.addingTimeInterval(-100 * 86_400)
            try await office.spine.perform(Cause(actor: "test")) { work in
                let id = UUID.v7(at: ago)
                let former: UUID? = try await work.tx.first(
                    "SELECT roster_id FROM decisions WHERE lead_id = \(old.id) AND kind = 'assign'"
                ) { try $0["roster_id"] }
                try await work.tx.execute("UPDATE rosters SET id = \(id), taken_at = \(ago) WHERE id = \(former)")
                try await work.tx.execute("UPDATE decisions SET roster_id = \(id) WHERE roster_id = \(former)")
            }
            #expect(try await PruneRosters(spine: office.spine, months: nil)() == false)
            #expect(try await PruneRosters(spine: office.spine, months: 6)() == false)
            #expect(try await office.count("SELECT count(*) AS count FROM rosters") == 2)
            #expect(try await PruneRosters(spine: office.spine, months: 1)() == false)
            #expect(try await office.count("SELECT count(*) AS count FROM rosters") == 1)
            try await office.spine.read { tx in
                for (lead, isKept) in [(old, false), (new, true)] {
                    let decision = try #require(try await RosterSnapshotStore(tx).decisions(about: lead.id).first)
                    let explained = try await office.app.explainAssignment(decision, tx)
                    #expect((explained != nil) == isKept)
                    #expect(decision.why.rule.isEmpty == false)
                }
            }
            let page = try await client.get("/leads/leads/\(old.id)/explain", as: head)
            #expect(page.status == 200 && page.missingWords == [])
            #expect(page.text.contains("older than is kept"))
            let result = try await office.app.simulateRules(RuleSet([AssignmentRule("any", .any)]), days: 30)
            #expect(result.simulation.unknown == 1 && result.simulation.agents[agent]?.after == 2)
        }
    }

    @Test("the page says what it goes by, in both languages", arguments: [Language.english, .chinese])
    func page(_ language: Language) async throws {
        try await FrontDoor.open { office, client, head in
            try await office.staff()
            try await push(office, 1...2)
            var viewer = head
            viewer.language = language
            for path in ["/leads/rules/simulate", "/leads/rules/simulate?days=7&people=free"] {
                let page = try await client.get(path, as: viewer)
                #expect(page.status == 200 && page.missingWords == [], "\(path)")
                #expect(page.text.contains("people=free"), "\(path)")
            }
        }
    }
}
