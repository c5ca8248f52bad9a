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

@Suite("Pools")
struct PoolTests {
    private static let toPool = RuleSet([AssignmentRule("pool", RuleTarget(.pool, pool: "shared"))])

    /// Claims a lead and says who was told what: the winner's is nil.
    private func tries(_ office: Office, _ lead: LeadID, by agent: StaffID) async throws -> Rejection? {
        do {
            try await office.claim(lead, by: agent)
            return nil
        } catch let refusal as ClaimRefusal { return refusal.rejection }
    }

    @Test("500 claims on one lead at once: one has it, and 499 learn who")
    func oneLead() async throws {
        try await Office.open { office in
            var agents: [StaffID] = []
            for _ in 0..<10 { agents.append(try await office.staff()) }
            try await office.switchOn(Self.toPool)
            try await office.push(Office.enquiry("1"))
            let lead = try #require(try await office.leads().first)
            let everybody = agents
            let told = try await withThrowingTaskGroup(of: Rejection?.self) { group in
                for number in 0..<500 {
                    group.addTask { try await tries(office, lead.id, by: everybody[number % 10]) }
                }
                return try await group.reduce(into: [Rejection?]()) { $0.append($1) }
            }
            #expect(told.count { $0 == nil } == 1)
            #expect(
                told.compactMap(\.self).allSatisfy { $0.code == "claimed-already" && $0.message.hasPrefix("Agent") }
            )
            let events = try await office.spine.events(of: LeadAssigned.self)
            #expect(events.count == 2)
            #expect(events.last?.why.rule == "assign.claim")
            #expect(try await office.count("SELECT count(*) AS count FROM claims") == 1)
            #expect(try await AuditLedger(spine: office.spine)().breaches == [])
        }
    }

    @Test("50 agents on 500 leads at once: nobody has more than they may, and no lead has two")
    func manyLeads() async throws {
        try await Office.open { office in
            var agents: [StaffID] = []
            for _ in 0..<50 { agents.append(try await office.staff(capacity: 8)) }
            try await office.switchOn(Self.toPool)
            try await office.push(
                (0..<500).map { Office.submission(Office.enquiry("\($0)", phone: "139\(String(format: "%08d", $0))")) }
            )
            let leads = try await office.leads().map(\.id)
            let everybody = agents
            let codes = try await withThrowingTaskGroup(of: [String].self) { group in
                for (place, agent) in everybody.enumerated() {
                    group.addTask {
                        var codes: [String] = []
                        // Neighbours want the same leads.
                        for step in 0..<20 {
                            let lead = leads[(place / 2 * 20 + step) % leads.count]
                            if let no = try await tries(office, lead, by: agent) { codes.append(no.code) }
                        }
                        return codes
                    }
                }
                return try await group.reduce(into: Set<String>()) { $0.formUnion($1) }
            }
            #expect(codes.isSubset(of: ["claimed-already", "claim-full"]))
            let held = Dictionary(grouping: try await office.leads().compactMap(\.ownerID)) { $0 }.mapValues(\.count)
            #expect(held.values.allSatisfy { $0 <= 8 })
            #expect(held.count == 50)
            let claims = try await office.count("SELECT count(*) AS count FROM claims")
            #expect(claims == held.values.reduce(0, +))
            #expect(try await AuditLedger(spine: office.spine)().breaches == [])
        }
    }

    @Test("a day has so many claims, a hand so many leads, and what was one's own waits")
    func limits() {
        let policy = ClaimLimits(.standard)
        let now = Date()
        func code(_ change: (inout ClaimStore.Standing) -> Void) -> String? {
            var standing = ClaimStore.Standing(load: 0, capacity: 40, today: 0, held: 0, leftAt: nil, isFrozen: false)
            change(&standing)
            return ClaimRules.refusal(standing, policy, now: now)?.rejection.code
        }
        #expect(code { _ in } == nil)
        #expect(code { $0.isFrozen = true } == "lead-frozen")
        #expect(code { $0.load = 40 } == "claim-full")
        #expect(code { $0.today = 20 } == "claim-day-limit")
        #expect(code { $0.held = 30 } == "claim-held-limit")
        #expect(code { $0.leftAt = now.addingTimeInterval(-6 * 86_400) } == "claim-former-owner")
        #expect(code { $0.leftAt = now.addingTimeInterval(-7 * 86_400) } == nil)
    }

    @Test("a lead that is kept back is claimed by nobody, and given to nobody, until it is let go")
    func frozen() async throws {
        try await Office.open { office in
            let manager = Principal(staffID: .v7(), name: "M", email: "m@l.example", role: .manager, scope: .all)
            try await office.push(Office.enquiry("1"))
            let lead = try #require(try await office.leads().first)
            let freeze = { (isFrozen: Bool) in
                try await office.spine.perform(Cause(actor: "test")) { work in
                    try await office.app.freezeLead(lead.id, isFrozen: isFrozen, manager.leadSight, work)
                }
            }
            try await freeze(true)
            let agent = try await office.staff()
            #expect(try await office.leads().first?.ownerID == nil)
            #expect(try await tries(office, lead.id, by: agent)?.code == "lead-frozen")
            try await freeze(false)
            #expect(try await office.leads().first?.ownerID == agent)
            #expect(try await office.spine.events(of: LeadFrozen.self).map(\.isFrozen) == [true, false])
        }
    }

    @Test(
        "nobody follows up: the owner is warned, then the manager, then the lead goes; each once, and a call begins anew"
    )
    func recycled() async throws {
        try await Office.open { office in
            let manager = try await office.staff(role: "manager")
            let agent = try await office.staff(manager: manager)
            try await office.push(Office.enquiry("1"))
            let lead = try #require(try await office.leads().first)
            let calls = { (at: Date) in
                let call = ContactLogged(
                    contactID: .new(),
                    uid: lead.uid,
                    leadID: lead.id,
                    staffID: agent,
                    kind: "call",
                    isReached: true,
                    contactedAt: at
                )
                try await office.hear(call, about: call.contactID, uid: lead.uid)
            }
            let steps = { try await office.spine.events(of: LeadIdle.self).map(\.step) }
            let day = 86_400.0
            try await calls(lead.receivedAt.addingTimeInterval(60))
            try await office.spine.fireTimers(office.app.timers, now: lead.receivedAt.addingTimeInterval(8 * day))
            #expect(try await steps() == ["owner"])
            let again = lead.receivedAt.addingTimeInterval(8 * day)
            try await calls(again)
            try await office.spine.fireTimers(office.app.timers, now: again.addingTimeInterval(6.9 * day))
            #expect(try await steps() == ["owner"])
            try await office.spine.fireTimers(office.app.timers, now: again.addingTimeInterval(10.1 * day))
            #expect(try await steps() == ["owner", "owner", "manager"])
            #expect(try await office.spine.events(of: LeadIdle.self).last?.managerID == manager)
            try await office.spine.fireTimers(office.app.timers, now: again.addingTimeInterval(14.1 * day))
            try await office.spine.ringsAgain(RecycleIdle.timerKind, [lead.id], office.app.timers)
            #expect(try await steps() == ["owner", "owner", "manager", "pool"])
            let after = try #require(try await office.leads().first)
            #expect(after.pool == "shared")
            #expect(after.status == .contacted)
            #expect(try await office.spine.events(of: LeadAssigned.self).last?.previousOwnerID == agent)
            #expect(try await tries(office, lead.id, by: agent)?.code == "claim-former-owner")
            let other = try await office.staff()
            #expect(try await tries(office, lead.id, by: other) == nil)
            #expect(try await AuditLedger(spine: office.spine)().breaches == [])
        }
    }

    @Test("the rule pages, explain, simulate and the pools open in both languages", arguments: ["en", "zh-Hans"])
    func pages(_ language: String) async throws {
        try await FrontDoor.open { office, client, head in
            let agent = try await office.staff()
            try await office.push(Office.enquiries(3))
            let lead = try await office.leads()[0]
            let add = [
                "name": "Web to the pool", "field-0": "channel", "operator-0": "is", "values-0": "web, app",
                "kind": "pool", "pool": "shared", "enabled": "yes",
            ]
            #expect(try await client.post("/leads/rules/rule", form: add, as: head).status == 303)
            #expect(try await client.post("/leads/rules/rule", form: add, as: head).status == 422)
            let move = ["rule": "Web to the pool", "to": "0"]
            #expect(try await client.post("/leads/rules/move", form: move, as: head).status == 303)
            for path in [
                "/leads/rules", "/leads/rules/rule", "/leads/rules/rule?rule=assign.project", "/leads/rules/versions/1",
                "/leads/rules/simulate?days=7", "/leads/leads/\(lead.id)/explain", "/leads/pools/main",
                "/leads/pools/shared",
            ] {
                let answer = try await client.get(path, as: head, headers: [.acceptLanguage: language])
                #expect(answer.status == 200, "\(path)")
                #expect(answer.missingWords == [], "\(path)")
            }
            #expect(try await client.post("/leads/rules/publish", form: ["note": "n"], as: head).status == 303)
            try await office.push(Office.enquiry("x", phone: "13911112222"))
            let pooled = try #require(try await office.leads().last)
            #expect(pooled.pool == "shared")
            let claimer = Principal(staffID: agent.uuid, name: "A", email: "a@l.example", role: .agent, scope: .own)
            let pool = try await client.get("/leads/pools/shared", as: claimer, headers: [.acceptLanguage: language])
            #expect(pool.text.contains("/leads/pools/shared/claim/\(pooled.id)"))
            #expect(!pool.text.contains("张三"))
            let claim = "/leads/pools/shared/claim/\(pooled.id)"
            #expect(
                try await client.post(claim, form: [:], as: claimer).headers[.location] == "/leads/leads/\(pooled.id)"
            )
            let api = "/leads/api/v1/leads/\(pooled.id)"
            let late = try await client.post("\(api)/claim", json: "{}", as: claimer)
            #expect(late.status == 409)
            #expect(late.text.contains("claimed-already"))
            #expect(try await client.get("\(api)/assignments", as: claimer).text.contains("Web to the pool"))
            #expect(try await client.get("/leads/rules", as: claimer).status == 403)
            #expect(try await client.get("/leads/api/v1/assignment-rules/2", as: head).status == 200)
            #expect(try await client.get("/leads/api/v1/assignment-rules/9", as: head).status == 404)
        }
    }
}
