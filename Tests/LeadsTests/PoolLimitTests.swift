import Contracts
import Failures
import Foundation
import HTTPTypes
import Messaging
import Policies
import Postgres
import TestSupport
import Testing
import Web

@testable import Leads

@Suite("A pool's own limits, and what its members are told")
struct PoolLimitTests {
    private func save(_ office: Office, _ pool: Pool) async throws -> Pool {
        try await office.spine.perform(Cause(actor: "test")) { try await office.app.changePool(pool, $0) }
    }

    private func refusal(_ office: Office, _ lead: LeadID, _ agent: StaffID) async throws -> ClaimRefusal? {
        do {
            try await office.claim(lead, by: agent)
            return nil
        } catch let refusal as ClaimRefusal { return refusal }
    }

    /// Leads that wait in a pool.
    private func fill(_ office: Office, _ pool: String, _ numbers: Range<Int>) async throws -> [LeadID] {
        try await office.switchOn(RuleSet([AssignmentRule("to \(pool)", RuleTarget(.pool, pool: pool))]))
        for number in numbers { try await office.push(Office.enquiry("\(number)", phone: "139000000\(number + 10)")) }
        return try await office.leads().filter { $0.pool == pool }.map(\.id)
    }

    @Test(
        "a limit of its own counts the pool alone, the policy's all others together; the refusal says whose and until when"
    )
    func own() async throws {
        try await Office.open { office in
            try await office.spine.passMidnight()
            let agent = try await office.staff()
            let pool = try await save(office, Pool(name: "web", title: "Web", limits: .init(perDay: 2)))
            #expect(pool.version == 1)
            let web = try await fill(office, "web", 0..<4)
            let other = try await fill(office, "shared", 4..<6)
            #expect(web.count == 4 && other.count == 2)
            #expect(try await refusal(office, web[0], agent) == nil)
            #expect(try await refusal(office, web[1], agent) == nil)
            let midnight = ClaimRules.midnight(after: office.spine.clock.now)
            let limit = ClaimLimits.Limit(value: 2, pool: pool)
            #expect(try await refusal(office, web[2], agent) == .dayLimit(today: 2, limit, from: midnight))
            let why = try await office.spine.events(of: LeadAssigned.self).last?.why
            #expect(why?.inputs["claimsToday"] == "1 of 2")
            #expect(why?.inputs["poolLimits"] == "perDay" && why?.inputs["poolVersion"] == "1")
            let wish = PolicyWish(version: 1, values: ["perDay": 1])
            try await office.spine.perform(Cause(actor: "test")) { work in
                try await office.app.changePolicy(ClaimPolicy.name, wish, work)
            }
            #expect(try await refusal(office, other[0], agent) == nil, "what came from the web does not count")
            guard case .dayLimit(1, let general, _) = try await refusal(office, other[1], agent) else {
                Issue.record("the policy's limit does not hold")
                return
            }
            #expect(general == ClaimLimits.Limit(value: 1, pool: nil))
            _ = try await save(office, Pool(name: "web", title: "Web"))
            let now = try await refusal(office, web[2], agent)
            #expect(now == .dayLimit(today: 3, general, from: midnight), "without its own, all count together")
            let told = try await office.spine.events(of: PoolChanged.self)
            #expect(told.map(\.version) == [1, 2] && told.map(\.limits) == [.init(perDay: 2), nil])
        }
    }

    @Test("leads held and the former owner's wait have limits of their own too")
    func heldAndFormer() {
        let pool = Pool(name: "p", title: "P", limits: .init(heldAtOnce: 1, formerOwnerWaits: 2))
        let limits = ClaimLimits(.standard, in: pool)
        let now = Date()
        var standing = ClaimStore.Standing(load: 0, capacity: 9, today: 19, held: 1, leftAt: nil, isFrozen: false)
        #expect(ClaimRules.refusal(standing, limits, now: now) == .heldLimit(held: 1, .init(value: 1, pool: pool)))
        standing.held = 0
        #expect(ClaimRules.refusal(standing, limits, now: now) == nil)
        let left = now.addingTimeInterval(-86_400)
        standing.leftAt = left
        let from = left.addingTimeInterval(2 * 86_400)
        #expect(ClaimRules.refusal(standing, limits, now: now) == .formerOwner(.init(value: 2, pool: pool), from: from))
        standing.leftAt = now.addingTimeInterval(-3 * 86_400)
        #expect(ClaimRules.refusal(standing, limits, now: now) == nil)
    }

    @Test("what has come into a pool waits before it is claimed, unless it is offered; the page says from when on")
    func newLeads() async throws {
        try await FrontDoor.open { office, client, _ in
            let agent = try await office.staff()
            let pool = try await save(office, Pool(name: "web", title: "Web", limits: .init(newLeadsWait: 2)))
            let lead = try #require(try await fill(office, "web", 0..<1).first)
            let limit = ClaimLimits.Limit(value: 2, pool: pool)
            guard case .newLead(let told, let from)? = try await refusal(office, lead, agent) else {
                Issue.record("it can be claimed at once")
                return
            }
            #expect(told == limit && from > office.spine.clock.now)
            let who = Principal(
                staffID: agent.uuid,
                name: "A",
                email: "a@lintel.example",
                role: .agent,
                scope: .own,
                teamID: Office.team.uuid
            )
            let path = "/leads/pools/web"
            let page = try await client.get(path, as: who)
            #expect(page.missingWords == [] && page.text.contains("New: to be claimed from"))
            #expect(!page.text.contains("\(path)/claim/\(lead)"))
            let answer = try await client.post("/leads/api/v1/leads/\(lead)/claim", json: "{}", as: who)
            #expect(answer.status == 409 && answer.text.contains("claim-new-lead"))
            _ = try await save(office, Pool(name: "web", title: "Web", limits: .init(newLeadsWait: 0)))
            #expect(try await refusal(office, lead, agent) == nil)
        }
    }

    @Test("a lead that is offered is claimed at once, however new it is")
    func newAndOffered() async throws {
        try await Office.open { office in
            let agent = try await office.staff()
            _ = try await save(office, Pool(name: "web", title: "Web", limits: .init(newLeadsWait: 24)))
            try await office.switchOn(
                RuleSet([AssignmentRule("o", RuleTarget(.firstToClaim, pool: "web", seconds: 600))])
            )
            try await office.push(Office.enquiry("1"))
            let lead = try #require(try await office.leads().first)
            #expect(try await refusal(office, lead.id, agent) == nil)
        }
    }

    @Test("one agent claims twelve leads at once from a pool that allows three a day: three it is")
    func race() async throws {
        try await Office.open { office in
            try await office.spine.passMidnight()
            let agent = try await office.staff()
            _ = try await save(office, Pool(name: "web", title: "Web", limits: .init(perDay: 3)))
            let leads = try await fill(office, "web", 0..<12)
            let refusals = try await withThrowingTaskGroup(of: ClaimRefusal?.self) { group in
                for lead in leads { group.addTask { try await refusal(office, lead, agent) } }
                return try await group.reduce(into: [ClaimRefusal?]()) { $0.append($1) }
            }
            #expect(refusals.count { $0 == nil } == 3)
            #expect(refusals.compactMap { $0?.rejection.code }.allSatisfy { $0 == "claim-day-limit" })
            #expect(try await office.count("SELECT count(*) AS count FROM claims") == 3)
        }
    }

    @Test("a limit out of range, and a new pool under a name that is taken, are refused with the field")
    func bad() async throws {
        try await Office.open { office in
            await #expect {
                _ = try await save(office, Pool(name: "a", title: "A", limits: .init(perDay: 0)))
            } throws: {
                ($0 as? Rejection)?.field == "limits/perDay"
            }
            await #expect {
                try await office.spine.perform(Cause(actor: "test")) { work in
                    try await office.app.changePool(Pool(name: "shared", title: "S"), isNew: true, work)
                }
            } throws: { ($0 as? Rejection)?.code == "pool-name-taken" }
            let shared = try #require(try await office.spine.read { try await PoolStore($0).all() }.last)
            _ = try await save(office, shared)
            #expect(try await office.spine.events(of: PoolChanged.self).isEmpty, "nothing was changed")
        }
    }

    @Test(
        "members who are there hear of offers at once, then of what has come within a minute; what was claimed is not told"
    )
    func offers() async throws {
        try await Office.open { office in
            let agents = [try await office.staff(), try await office.staff()].sorted()
            let away = try await office.staff(onShift: false)
            let foreign = try await office.staff(team: .new())
            let pool = Pool(name: "team", title: "Team", teamID: Office.team)
            _ = try await save(office, pool)
            try await office.switchOn(
                RuleSet([AssignmentRule("o", RuleTarget(.firstToClaim, pool: "team", seconds: 600))])
            )
            let told = { try await office.spine.events(of: LeadsOffered.self).map(\.offers) }
            try await office.push(Office.enquiry("0", phone: "13900000000"))
            try await office.spine.fireTimers(office.app.timers)
            let first = try #require(try await told().first?.first)
            #expect(first.leads == 1 && first.members == agents && first.pool == "team")
            #expect(!first.members.contains(away) && !first.members.contains(foreign))
            for number in 1...5 {
                try await office.push(Office.enquiry("\(number)", phone: "1390000000\(number)"))
                try await office.spine.fireTimers(office.app.timers)
            }
            #expect(try await told().count == 1, "the minute is not over")
            try await office.claim(try await office.leads()[1].id, by: agents[0])
            let later = office.spine.clock.now.addingTimeInterval(61)
            try await office.spine.fireTimers(office.app.timers, now: later)
            #expect(try await told().last?.map(\.leads) == [4])
            try await office.spine.ringsAgain(TellOfOffers.timerKind, ["x"], office.app.timers)
            try await office.spine.fireTimers(office.app.timers, now: later.addingTimeInterval(61))
            #expect(try await told().count == 2, "nothing new, nothing told")
        }
    }

    @Test("several leads are moved to the pool that was chosen, and come back from it", arguments: ["en", "zh-Hans"])
    func bulk(_ language: String) async throws {
        try await FrontDoor.open { office, client, head in
            let agent = try await office.staff()
            try await office.push(Office.enquiries(2))
            let leads = try await office.leads()
            let list = try await client.get("/leads/leads", as: head, headers: [.acceptLanguage: language])
            #expect(list.text.contains("id=\"bulk-pool\"") && list.missingWords == [])
            let ids = leads.map { "\"\($0.id)\"" }.joined(separator: ",")
            func move(_ pool: String) async throws -> RouteAnswer {
                let json = "{\"leads\": [\(ids)], \"act\": \"pool\", \"pool\": \"\(pool)\"}"
                return try await client.post("/leads/api/v1/leads/bulk", json: json, as: head)
            }
            #expect(try await move("nowhere").status == 422)
            struct Answer: Decodable { let id: String }
            let first = try await move("shared").json(Answer.self)
            #expect(try await office.leads().map(\.pool) == ["shared", "shared"])
            let second = try await move("main").json(Answer.self)
            #expect(try await office.leads().map(\.pool) == ["main", "main"])
            for id in [second.id, first.id] {
                #expect(
                    try await client.post("/leads/api/v1/leads/bulk/\(id)/undo", json: "{}", as: head).status == 204
                )
            }
            #expect(try await office.leads().map(\.ownerID) == [agent, agent])
        }
    }

    @Test(
        "a pool's page shows its limits, takes others and says what is wrong with them",
        arguments: ["en", "zh-Hans"]
    )
    func page(_ language: String) async throws {
        try await FrontDoor.open { office, client, head in
            let headers: HTTPFields = [.acceptLanguage: language]
            var form = ["name": "shared", "title": "公海", "kind": "takes-recycled", "perDay": "900"]
            let bad = try await client.post("/leads/pools", form: form, as: head, headers: headers)
            #expect(bad.status == 422 && bad.text.contains("value=\"900\"") && bad.missingWords == [])
            form["perDay"] = "7"
            #expect(try await client.post("/leads/pools", form: form, as: head, headers: headers).status == 303)
            let page = try await client.get("/leads/pools/shared", as: head, headers: headers)
            #expect(page.text.contains("value=\"7\"") && page.missingWords == [])
            let adding = try await client.get("/leads/pools/shared?add=yes", as: head, headers: headers)
            #expect(adding.text.contains("name=\"is-new\"") && adding.missingWords == [])
            let agent = try await office.staff()
            let claimer = Principal(staffID: agent.uuid, name: "A", email: "a@l.example", role: .agent, scope: .own)
            let seen = try await client.get("/leads/pools/shared", as: claimer, headers: headers)
            #expect(seen.text.contains("7") && !seen.text.contains("pool-form") && seen.missingWords == [])
            #expect(try await client.post("/leads/pools", form: form, as: claimer).status == 403)
        }
    }
}
