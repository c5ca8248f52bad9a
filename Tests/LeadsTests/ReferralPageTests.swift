import Contracts
import Foundation
import HTTPTypes
import Messaging
import Postgres
import TestSupport
import Testing
import Web

@testable import Leads

@Suite("Pages and routes of referrals")
struct ReferralPageTests {
    @Test("list, referral and person are shown in both languages without a missing word", arguments: ["en", "zh-Hans"])
    func shown(_ language: String) async throws {
        try await FrontDoor.open { office, client, head in
            try await office.staff()
            let friend = try await office.friend()
            let lead = try await office.recommended(friend.code)
            try await office.recommended("nonsense", "other", phone: "13800000007")
            try await office.wins(lead, .new())
            let id = try #require(try await office.referral(of: lead)).id
            var paths = [
                "/leads/referrals", "/leads/referrals?state=won", "/leads/referrals?state=blocked",
                "/leads/referrals?referrer=\(friend.uid)", "/leads/referrals/\(id)", "/leads/persons/\(friend.uid)",
                "/leads/persons/\(lead.uid)", "/leads/settings/leads.referral",
            ]
            for round in 0...1 {
                for path in paths {
                    let answer = try await client.get(path, as: head, headers: [.acceptLanguage: language])
                    #expect(answer.status == 200, "\(path)")
                    #expect(answer.missingWords == [], "\(path)")
                }
                if round == 0 { try await office.pay(lead) }
                paths = ["/leads/referrals/\(id)", "/leads/referrals"]
            }
        }
    }

    @Test("a code is made by whoever sees the person, once")
    func code() async throws {
        struct Code: Decodable {
            let code: String
        }
        try await FrontDoor.open { office, client, head in
            try await office.push(Office.enquiry("1"))
            let uid = try #require(try await office.leads().first).uid
            let stranger = Principal(staffID: .v7(), name: "A", email: "a@l.example", role: .agent, scope: .own)
            let clerk = Principal(staffID: .v7(), name: "C", email: "c@l.example", role: .clerk, scope: .all)
            let path = "/leads/api/v1/persons/\(uid)/referral-code"
            #expect(try await client.post(path, json: "{}", as: stranger).status == 404)
            #expect(try await client.post(path, json: "{}", as: clerk).status == 403)
            let one = try await client.post(path, json: "{}", as: head).json(Code.self)
            let two = try await client.post(path, json: "{}", as: head).json(Code.self)
            #expect(one.code == two.code)
            #expect(try await client.get("/leads/persons/\(uid)", as: head).text.contains(one.code))
        }
    }

    @Test(
        "a reward is paid by clerks and managers alone, with a reference, once per key; lists are narrowed and seen by scope"
    )
    func pay() async throws {
        struct Answer: Decodable {
            struct Item: Decodable {
                let state: String
                let reference: String?
            }
            let items: [Item]
        }
        try await FrontDoor.open { office, client, head in
            try await office.staff()
            let friend = try await office.friend()
            let lead = try await office.recommended(friend.code)
            let id = try #require(try await office.referral(of: lead)).id
            let path = "/leads/api/v1/referrals/\(id)/paid"
            let clerk = Principal(staffID: .v7(), name: "C", email: "c@l.example", role: .clerk, scope: .all)
            let marketing = Principal(staffID: .v7(), name: "M", email: "m@l.example", role: .marketing, scope: .all)
            let manager = Principal(
                staffID: .v7(),
                name: "T",
                email: "t@l.example",
                role: .manager,
                scope: .team,
                teamID: UUID.v7()
            )
            let body = #"{"reference": "FB-7"}"#
            #expect(try await client.post(path, json: body, as: clerk).status == 409)
            try await office.wins(lead, .new())
            #expect(try await client.post(path, json: body, as: marketing).status == 403)
            #expect(try await client.post(path, json: body, as: manager).status == 404)
            #expect(try await client.post(path, json: #"{"reference": " "}"#, as: clerk).status == 422)
            #expect(try await client.post(path, json: body, as: clerk).status == 200)
            #expect(try await client.post(path, json: body, as: clerk).status == 409)
            let won = try await client.get("/leads/api/v1/referrals?state=won", as: marketing).json(Answer.self)
            #expect(won.items.map(\.state) == ["paid"])
            #expect(won.items.map(\.reference) == ["FB-7"])
            let pending = try await client.get("/leads/api/v1/referrals?state=pending", as: head).json(Answer.self)
            #expect(pending.items.isEmpty)
            let theirs = try await client.get("/leads/api/v1/referrals", as: manager).json(Answer.self)
            #expect(theirs.items.isEmpty)
            let page = try await client.get("/leads/referrals", as: head)
            #expect(page.text.contains("100 %"))
        }
    }

    @Test("each referral counts once, what they bring is summed up, and whoever leads a team sees their own team's")
    func totals() async throws {
        try await FrontDoor.open { office, client, head in
            try await office.staff()
            let friend = try await office.friend()
            let won = try await office.recommended(friend.code)
            try await office.recommended(friend.code, "second", phone: "13800000002")
            try await office.recommended(friend.code, "third", phone: "13800000003")
            try await office.wins(won, .new())
            let team = try #require(won.teamID)
            func totals(_ scope: Scope, _ team: TeamID? = nil) async throws -> [String: Int] {
                let manager = Principal(
                    staffID: .v7(),
                    name: "T",
                    email: "t@l.example",
                    role: .manager,
                    scope: scope,
                    teamID: team?.uuid
                )
                let found = try await office.spine.read {
                    try await ReferralSumStore($0).totals(ReferralFilter(), manager.leadSight).all
                }
                let each = found.map {
                    ("\($0.state) \($0.rewards.map { "\($0.amount) \($0.kind)" }.joined())", $0.count)
                }
                return Dictionary(each, uniquingKeysWith: +)
            }
            let all = ["pending 24 fee-months": 2, "earned 24 fee-months": 1]
            #expect(try await totals(.all) == all)
            #expect(try await totals(.team, team) == all)
            #expect(try await totals(.team, .new()) == [:])
            let page = try await client.get("/leads/referrals", as: head, headers: [.acceptLanguage: "en"])
            #expect(page.text.contains("48 months"))
        }
    }
    @Test("of very many referrals the sums are taken beside, by who sees them, and say when that was")
    func keptSums() async throws {
        try await FrontDoor.open { office, client, head in
            try await office.staff()
            let friend = try await office.friend()
            let won = try await office.recommended(friend.code)
            try await office.recommended(friend.code, "second", phone: "13800000002")
            try await office.wins(won, .new())
            let team = try #require(won.teamID)
            let mine = Self.sight(.manager, .team, team.uuid)
            let desk = Self.sight(.service, .all)
            #expect(desk.extent == .afterSales)
            let sights = [head.leadSight, mine, Self.sight(.manager, .team, .v7()), desk]
            let live = try await office.totals(sights)
            #expect(live.map { $0.byState.values.reduce(0, +) } == [2, 2, 0, 1])
            #expect(live.allSatisfy { $0.countedAt == nil })

            try await office.keepReferralSums()
            try await office.recommended(friend.code, "third", phone: "13800000003")
            let kept = try await office.totals(sights)
            #expect(kept.map(\.byState) == live.map(\.byState))
            #expect(kept.allSatisfy { $0.countedAt != nil })
            let page = try await client.get("/leads/referrals", as: head, headers: [.acceptLanguage: "en"])
            #expect(page.text.contains("Counted"))
            let ofOne = try await office.spine.read {
                try await ReferralSumStore($0).totals(ReferralFilter(referrer: friend.uid), mine)
            }
            #expect(ofOne.byState == [.earned: 1, .pending: 2])
            #expect(ofOne.countedAt == nil)
        }
    }

    private static func sight(_ role: Role, _ scope: Scope, _ team: UUID? = nil) -> Sight {
        Principal(staffID: .v7(), name: "S", email: "s@l.example", role: role, scope: scope, teamID: team).leadSight
    }
}

extension Office {
    fileprivate func totals(_ sights: [Sight]) async throws -> [ReferralTotals] {
        try await spine.read { tx in
            var all: [ReferralTotals] = []
            for sight in sights { all.append(try await ReferralSumStore(tx).totals(ReferralFilter(), sight)) }
            return all
        }
    }

    /// Takes the sums as if there were very many.
    fileprivate func keepReferralSums() async throws {
        try await spine.perform(Cause(actor: "test")) { work in
            _ = try await ReferralSumStore(work.tx).keep(above: 0)
            try await work.tx.execute(
                "INSERT INTO kept_counts (name, people, counted_at) VALUES ('referrals', 60000, now())"
            )
        }
    }
}
