import Contracts
import Foundation
import Messaging
import Postgres
import TestSupport
import Testing
import Web

@testable import Leads

@Suite("Who says that two are one person")
struct ReviewScopeTests {
    /// Somebody of `Cast.team`, somebody of `Cast.otherTeam`, and a question whether they are one.
    private struct Two: Sendable {
        let office: Office
        let client: RouteClient
        let mine: UID
        let theirs: UID
        let review: UUID
    }

    /// Leads a team to which neither of the two belongs.
    private static let third = Principal(
        staffID: .v7(),
        name: "third",
        email: "third@lintel.example",
        role: .manager,
        scope: .team,
        teamID: .v7()
    )

    private func open(_ body: (Two) async throws -> Void) async throws {
        try await FrontDoor.open { office, client, _ in
            try await office.staff(StaffID(Cast.owner.id), team: TeamID(Cast.team))
            let other = try await office.staff(team: TeamID(Cast.otherTeam))
            let (mine, theirs) = try await office.two(names: ("张无忌", "周芷若"))
            try await office.belong(mine, to: StaffID(Cast.owner.id), TeamID(Cast.team), Cast.projectName)
            try await office.belong(theirs, to: other, TeamID(Cast.otherTeam), "garden-city")
            let review = Review(
                UIDPair(mine, theirs),
                why: Why(rule: "identity.one-submission", version: 1, inputs: [:]),
                foundAt: Date()
            )
            try await office.spine.perform(Cause(actor: "test")) { try await ReviewStore($0.tx).insert([review]) }
            try await body(Two(office: office, client: client, mine: mine, theirs: theirs, review: review.id))
        }
    }

    /// What somebody sees of the two.
    private static let table: [(who: Principal, mine: Bool, theirs: Bool)] = [
        (Cast.manager.principal, true, false), (Cast.otherManager.principal, false, true), (third, false, false),
        (Cast.project.principal, true, false), (Cast.otherProject.principal, false, true),
        (Cast.head.principal, true, true), (Cast.admin.principal, true, true),
    ]

    @Test("whoever sees one side looks at both, and learns of the other neither name, number nor anything told")
    func looking() async throws {
        try await open { two in
            for (who, mine, theirs) in Self.table {
                let sees = mine || theirs
                let list = try await two.client.get("/leads/reviews", as: who)
                #expect(list.status == 200)
                #expect(list.text.contains(two.review.wire) == sees, "\(who.name)")
                let api = try await two.client.get("/leads/api/v1/reviews", as: who)
                #expect(api.text.contains(two.review.wire) == sees, "\(who.name)")
                for path in [
                    "/leads/reviews/\(two.review.wire)", "/leads/persons/\(two.mine)/compare?with=13900000002",
                    "/leads/persons/\(two.theirs)/compare?with=\(two.mine)",
                ] {
                    let page = try await two.client.get(path, as: who)
                    #expect(page.status == (sees ? 200 : 404), "\(who.name) \(path)")
                    #expect(page.missingWords == [])
                    for text in [list.text, page.text] {
                        #expect(text.contains("张无忌") == mine, "\(who.name) \(path)")
                        #expect(text.contains("周芷若") == theirs, "\(who.name) \(path)")
                    }
                    #expect(!page.text.contains("139 0000 0001") && !page.text.contains("139 0000 0002"))
                }
            }
            #expect(try await two.client.get("/leads/reviews", as: Cast.owner.principal).status == 403)
        }
    }

    @Test("only whoever sees both sides decides; what somebody else proposes waits for them")
    func deciding() async throws {
        try await open { two in
            for (who, mine, theirs) in Self.table where !(mine && theirs) {
                let refused = mine || theirs ? 403 : 404
                for decision in ["merge", "different"] {
                    let page = try await two.client.post(
                        "/leads/reviews/\(two.review.wire)/decide",
                        form: ["decision": decision],
                        as: who
                    )
                    #expect(page.status == refused, "\(who.name) \(decision)")
                    let json = #"{"decision": "\#(decision)"}"#
                    let path = "/leads/api/v1/reviews/\(two.review.wire)/decide"
                    #expect(try await two.client.post(path, json: json, as: who).status == refused, "\(who.name)")
                }
                let json = #"{"otherUid": "\#(two.theirs)"}"#
                let path = "/leads/api/v1/persons/\(two.mine)/merge"
                #expect(try await two.client.post(path, json: json, as: who).status == refused, "\(who.name)")
                let form = ["decision": "merge", "other": "\(two.theirs)"]
                let page = try await two.client.post("/leads/persons/\(two.mine)/merge", form: form, as: who)
                #expect(page.status == (mine || theirs ? 303 : 404), "\(who.name)")
                #expect(try await two.office.survivor(of: two.theirs) == two.theirs)
                #expect(try await two.office.reviews().map(\.pair) == [UIDPair(two.mine, two.theirs)])
            }
            let later = ["decision": "later"]
            let decide = "/leads/reviews/\(two.review.wire)/decide"
            #expect(try await two.client.post(decide, form: later, as: Cast.manager.principal).status == 303)
            #expect(try await two.client.post(decide, form: later, as: Self.third).status == 404)
            let merge = ["decision": "merge"]
            #expect(try await two.client.post(decide, form: merge, as: Cast.head.principal).status == 303)
            #expect(try await two.office.survivor(of: two.theirs) == two.mine)
        }
    }

    @Test("a merge is taken back by whoever sees what both sides had")
    func undoing() async throws {
        try await open { two in
            let merge = try await two.office.merge(two.theirs, into: two.mine)
            for (who, mine, theirs) in Self.table where !(mine && theirs) {
                let refused = mine || theirs ? 403 : 404
                let page = try await two.client.post("/leads/merges/\(merge.id)/undo", form: [:], as: who)
                #expect(page.status == refused, "\(who.name)")
                let path = "/leads/api/v1/merges/\(merge.id)/undo"
                #expect(try await two.client.post(path, json: "{}", as: who).status == refused, "\(who.name)")
            }
            let page = try await two.client.post("/leads/merges/\(merge.id)/undo", form: [:], as: Cast.head.principal)
            #expect(page.status == 303)
            #expect(try await two.office.survivor(of: two.theirs) == two.theirs)
        }
    }

    @Test("whoever leads a team gives leads to its agents, and to nobody else's")
    func giving() async throws {
        try await open { two in
            let colleague = try await two.office.staff(StaffID(Cast.colleague.id), team: TeamID(Cast.team))
            let foreign = try await two.office.staff(team: TeamID(Cast.otherTeam))
            let lead = try await two.office.leads()[0]
            let cases: [(Cast, StaffID, Int)] = [
                (.manager, foreign, 422), (.manager, colleague, 200), (.otherManager, foreign, 404),
                (.head, foreign, 200),
            ]
            for (who, agent, status) in cases {
                let json = #"{"agentId": "\#(agent)"}"#
                let path = "/leads/api/v1/leads/\(lead.id)/assign"
                #expect(try await two.client.post(path, json: json, as: who.principal).status == status, "\(who)")
            }
            try await two.office.belong(two.mine, to: colleague, TeamID(Cast.team), Cast.projectName)
            for (agent, status) in [(foreign, 422), (StaffID(Cast.owner.id), 200)] {
                let json = #"{"leads": ["\#(lead.id)"], "act": "assign", "agent": "\#(agent)"}"#
                let answer = try await two.client.post(
                    "/leads/api/v1/leads/bulk",
                    json: json,
                    as: Cast.manager.principal
                )
                #expect(answer.status == status)
            }
        }
    }
}

extension Office {
    /// A person's leads are somebody's.
    func belong(_ uid: UID, to owner: StaffID, _ team: TeamID, _ project: String) async throws {
        try await spine.perform(Cause(actor: "test")) { work in
            _ = try await work.tx.execute(
                """
                UPDATE leads SET owner_id = \(owner), team_id = \(team), pool = NULL, project = \(project)
                 WHERE uid = \(uid)
                """
            )
        }
    }
}
