import Contracts
import Failures
import Foundation
import Messaging
import Postgres
import TestSupport
import Testing
import Web

@testable import Leads

@Suite("Assignment rules")
struct RuleTests {
    private static func facts(_ values: [RuleField: [String]]) -> LeadFacts {
        values.reduce(into: LeadFacts()) { $0[$1.key] = $1.value }
    }

    @Test(
        "a condition holds or does not",
        arguments: [
            (RuleCondition(.channel, .is, ["douyin", "WEB"]), true),
            (RuleCondition(.channel, .isNot, ["web"]), false),
            (RuleCondition(.campaign, .isNot, ["autumn"]), true),
            (RuleCondition(.campaign, .is, ["autumn"]), false),
            (RuleCondition(.campaign, .isKnown), false),
            (RuleCondition(.campaign, .isUnknown), true),
            (RuleCondition(.project, .is, ["lake-view"]), true),
            (RuleCondition(.budget, .atLeast, ["3000000"]), true),
            (RuleCondition(.budget, .atLeast, ["3000001"]), false),
            (RuleCondition(.budget, .atMost, ["3000000"]), true),
            (RuleCondition(.budget, .is, ["3000000.0"]), true),
            (RuleCondition(.area, .atLeast, ["1"]), false),
            (RuleCondition(.hour, .between, ["22", "6"]), true),
            (RuleCondition(.hour, .between, ["6", "22"]), false),
            (RuleCondition(.weekday, .between, ["6", "7"]), true),
        ]
    )
    func condition(_ condition: RuleCondition, _ holds: Bool) {
        let facts = Self.facts([
            .channel: ["web"], .project: ["river-park", "lake-view"], .budget: ["3000000"], .hour: ["23"],
            .weekday: ["7"],
        ])
        #expect(condition.holds(for: facts) == holds)
        #expect(condition.objection(at: "") == nil)
    }

    @Test("the office's clock", arguments: [("2026-11-22T15:59:59Z", 7, 1_439), ("2026-11-22T16:00:00Z", 1, 0)])
    func local(_ text: String, _ weekday: Int, _ minute: Int) throws {
        let time = LocalTime(try #require(Wire.date(from: text)))
        #expect(time.weekday == weekday)
        #expect(time.minute == minute)
        #expect(time.date == (weekday == 7 ? "2026-11-22" : "2026-11-23"))
    }

    @Test("the first rule that matches and has somebody decides; an offered lead goes on with the rules after it")
    func order() {
        let (ann, bob) = (Agent(id: .new(), capacity: 9), Agent(id: .new(), capacity: 9))
        let web = RuleCondition(.channel, .is, ["web"])
        let rules = RuleSet([
            AssignmentRule("off", RuleTarget(.any), isEnabled: false),
            AssignmentRule("app", RuleTarget(.person, staffID: bob.id), when: [RuleCondition(.channel, .is, ["app"])]),
            AssignmentRule("offer", RuleTarget(.firstToClaim, pool: "shared", seconds: 60), when: [web]),
            AssignmentRule("ann", RuleTarget(.person, staffID: ann.id)),
        ])
        var roster = Roster(rules: rules, agents: [ann, bob])
        let first = roster.assign(AssignmentQuestion(Self.facts([.channel: ["web"]])))
        #expect(first.pool == "shared")
        #expect(first.offer == .init(rule: "offer", seconds: 60))
        let second = roster.assign(AssignmentQuestion(Self.facts([.channel: ["web"]]), after: "offer"))
        #expect(second.ownerID == ann.id)
        #expect(roster.assign(AssignmentQuestion(Self.facts([.channel: ["app"]]))).ownerID == bob.id)
        let explained = Explanation(of: AssignmentQuestion(Self.facts([.channel: ["web"]]), after: "offer"), by: roster)
        #expect(explained.trials.map(\.verdict) == [.passed, .passed, .passed, .decided])
        #expect(explained.assignment.ownerID == ann.id)
    }

    @Test("who has used up their day's quota, is on leave or not at work gets nothing")
    func absent() {
        var quota = Agent(id: .new(), capacity: 99)
        quota.quota = 3
        var away = Agent(id: .new(), capacity: 99)
        away.absence = .onLeave
        var roster = Roster(rules: RosterTests.rules, agents: [quota, away])
        let owners = (0..<5).map { _ in roster.assign(RosterTests.question()).ownerID }
        #expect(owners == [quota.id, quota.id, quota.id, nil, nil])
    }

    @Test("10,000 leads with absences, restarts between: off by less than one lead from entitlement, absent ones get 0")
    func fair() {
        var random = SystemRandomNumberGenerator()
        var agents = (0..<12).map { _ in Agent(id: .new(), capacity: .max) }
        agents.append(Agent(id: .new(), capacity: .max, isOnShift: false))
        var entitled: [StaffID: Double] = [:]
        var roster = Roster(rules: RosterTests.rules, agents: agents)
        for number in 0..<10_000 {
            if number.isMultiple(of: 50) {
                // Some come, some go; and everything is read anew, as after a restart.
                var standing = Array(roster.agents.values)
                for index in standing.indices where standing[index].id != agents[12].id {
                    standing[index].absence = Int.random(in: 0..<3, using: &random) == 0 ? .onLeave : nil
                }
                let somebody = standing.firstIndex { $0.id == agents[0].id } ?? 0
                standing[somebody].absence = nil
                roster = Roster(rules: RosterTests.rules, agents: standing)
            }
            let free = roster.agents.values.filter(\.isFree)
            for agent in free { entitled[agent.id, default: 0] += 1 / Double(free.count) }
            _ = roster.assign(RosterTests.question())
        }
        let worst = roster.agents.values.map { abs(Double($0.served) - (entitled[$0.id] ?? 0)) }.max() ?? 0
        #expect(worst < 1, "\(worst)")
        #expect(roster.agents[agents[12].id]?.served == 0)
        #expect(roster.agents.values.map(\.served).reduce(0, +) == 10_000)
    }

    @Test("every stored decision, decided once more from what was stored, comes out the same")
    func replay() async throws {
        try await Office.open { office in
            for number in 0..<5 {
                try await office.staff(
                    projects: number.isMultiple(of: 2) ? ["river-park"] : [],
                    districts: number == 1 ? ["浦东"] : [],
                    capacity: 3 + number * 9
                )
            }
            for batch in 0..<20 {
                let wishes = ["river-park", "lake-view", ""]
                try await office.push(
                    (0..<Int.random(in: 1...8)).map { number in
                        let project = wishes.randomElement() ?? ""
                        let need =
                            project.isEmpty ? "" : #", "need": {"projects": ["\#(project)"], "districts": ["浦东"]}"#
                        let phone = "138\(String(format: "%08d", batch * 100 + number))"
                        return Office.submission(Office.enquiry("\(batch)-\(number)", phone: phone, more: need))
                    }
                )
                if batch == 10 { try await office.switchOn(RuleSet([AssignmentRule("everybody", .any)])) }
            }
            let leads = try await office.leads()
            let (same, placed) = try await office.spine.read { tx in
                var same = 0
                for lead in leads {
                    for decision in try await RosterSnapshotStore(tx).decisions(about: lead.id) {
                        let again = try #require(try await office.app.explainAssignment(decision, tx))
                        #expect(again.assignment.outcome == decision.outcome)
                        #expect(again.assignment.why == decision.why)
                        same += 1
                    }
                }
                return (same, Set(leads.compactMap(\.ownerID)).count)
            }
            #expect(same == leads.count)
            #expect(placed == 5)
        }
    }

    @Test("rules are switched on as versions: by whoever saw the last one, and only when they make sense")
    func versions() async throws {
        try await Office.open { office in
            let before = try await office.spine.read { try await RuleSetStore($0).current() }
            #expect(before.version == 1)
            #expect(before.set.rules.map(\.target.kind) == [.previousOwner, .project, .district, .any])
            let agent = try await office.staff()
            try await office.switchOn(
                RuleSet([
                    AssignmentRule(
                        "web to the pool",
                        RuleTarget(.pool, pool: "shared"),
                        when: [.init(.channel, .is, ["web"])]
                    )
                ])
            )
            try await office.push(Office.enquiry("1"))
            #expect(try await office.leads().map(\.pool) == ["shared"])
            await #expect(throws: Rejection.self) { try await office.switchOn(RuleSet([]), from: 1) }
            for bad in [
                RuleSet([AssignmentRule("a", .any), AssignmentRule("a", .any)]), RuleSet([], fallback: "none"),
                RuleSet([AssignmentRule("", .any)]), RuleSet([AssignmentRule("a", .person)]),
                RuleSet([AssignmentRule("a", .any, when: [.init(.channel, .atLeast, ["1"])])]),
            ] {
                await #expect(throws: Rejection.self) { try await office.switchOn(bad, from: 2) }
            }
            let changed = try await office.spine.events(of: AssignmentRulesChanged.self)
            #expect(changed.map(\.version) == [2])
            #expect(changed.first?.removed.count == 4)
            _ = agent
        }
    }

    @Test("a lead that nobody claims in time goes on with the next rule; one that was claimed does not")
    func offer() async throws {
        try await Office.open { office in
            let agents = [try await office.staff(), try await office.staff()]
            try await office.switchOn(
                RuleSet([
                    AssignmentRule("first", RuleTarget(.firstToClaim, pool: "shared", seconds: 60)),
                    AssignmentRule("any", .any),
                ])
            )
            try await office.push(Office.enquiries(2))
            let leads = try await office.leads()
            #expect(leads.allSatisfy { $0.pool == "shared" })
            try await office.claim(leads[0].id, by: agents[1])
            try await office.spine.fireTimers(office.app.timers, now: leads[0].receivedAt.addingTimeInterval(61))
            try await office.spine.ringsAgain(Offers.timerKind, leads.map(\.id), office.app.timers)
            let after = try await office.leads()
            #expect(after[0].ownerID == agents[1])
            #expect(after[1].ownerID != nil)
            #expect(try await office.spine.events(of: LeadAssigned.self).count == 4)
            #expect(try await AuditLedger(spine: office.spine)().breaches == [])
        }
    }

    @Test("a simulation says what other rules would have done, and changes nothing")
    func simulation() async throws {
        try await Office.open { office in
            let river = try await office.staff(projects: ["river-park"])
            try await office.staff()
            let need = #", "need": {"projects": ["river-park"]}"#
            for number in 0..<4 {
                try await office.push(Office.enquiry("\(number)", phone: "1381234567\(number)", more: need))
            }
            let set = RuleSet([AssignmentRule("to the pool", RuleTarget(.pool, pool: "shared"))])
            let result = try await office.app.simulateRules(set, days: 30)
            #expect(result.total == 4)
            #expect(result.simulation.movedCount == 4)
            #expect(result.simulation.agents[river] == .init(before: 4, after: 0))
            #expect(result.simulation.pools["shared"] == .init(before: 0, after: 4))
            #expect(try await office.leads().allSatisfy { $0.ownerID == river })
            let same = try await office.spine.read { try await RuleSetStore($0).current().set }
            #expect(try await office.app.simulateRules(same, days: 30).simulation.movedCount == 0)
        }
    }
}

extension Office {
    /// Switches on other rules than those of version `base`, else than those in force.
    func switchOn(_ set: RuleSet, from base: Int? = nil) async throws {
        try await spine.perform(Cause(actor: "test")) { work in
            let present = try await RuleSetStore(work.tx).current().version
            try await app.changeRules(set, from: base ?? present, note: nil, work)
        }
    }

    @discardableResult
    func claim(_ lead: LeadID, by agent: StaffID) async throws -> Lead {
        try await spine.perform(.staff(agent)) { work in try await app.claimLead(lead, by: agent, work) }
    }
}
