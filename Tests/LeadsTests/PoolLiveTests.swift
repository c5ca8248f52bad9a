import Contracts
import Foundation
import HTTPTypes
import Messaging
import TestSupport
import Testing

@testable import Leads
@testable import Web

@Suite("The pool's page while it is open")
struct PoolLiveTests {
    @Test("what waits is loaded again by itself, for whoever may see it", arguments: ["en", "zh-Hans"])
    func fragment(_ language: String) async throws {
        try await FrontDoor.open { office, client, head in
            let agent = try await office.staff()
            let foreign = try await office.staff(team: .new())
            _ = try await office.spine.perform(Cause(actor: "test")) { work in
                try await office.app.changePool(Pool(name: "team", title: "Team", teamID: Office.team), work)
            }
            try await office.switchOn(RuleSet([AssignmentRule("pool", RuleTarget(.pool, pool: "team"))]))
            func principal(_ id: StaffID, _ team: UUID) -> Principal {
                Principal(staffID: id.uuid, name: "A", email: "a@l.example", role: .agent, scope: .own, teamID: team)
            }
            let member = principal(agent, Office.team.uuid)
            let headers: HTTPFields = [.acceptLanguage: language]
            let page = try await client.get("/leads/pools/team", as: member, headers: headers)
            #expect(page.text.contains(#"data-live-topics="pool:team""#))
            #expect(page.text.contains(#"data-live-reload="#))
            let source = "/leads/fragments/pools/team"
            #expect(page.text.contains(#"data-fragment="\#(source)""#))
            #expect(page.missingWords == [])
            try await office.push(Office.enquiry("1"))
            let lead = try #require(try await office.leads().first)
            let shown = try await client.get(source, as: member, headers: headers)
            #expect(shown.status == 200)
            #expect(shown.text.contains("/leads/pools/team/claim/\(lead.id)"))
            #expect(!shown.text.contains("张三"))
            #expect(shown.missingWords == [])
            #expect(try await client.get(source, as: principal(foreign, UUID.v7())).status == 404)
            let clerk = Principal(staffID: .v7(), name: "C", email: "c@l.example", role: .clerk, scope: .all)
            #expect(try await client.get(source, as: clerk).status == 403)
            #expect(try await client.get(source, as: head).status == 200)
        }
    }

    /// Open pages, and what they have heard by the end of something.
    private struct Pages {
        let office: Office
        let feed: LiveFeed
        let watch: WatchLeads

        func heard(by people: [Principal], _ deed: () async throws -> Void) async throws -> [String] {
            let pools = try await office.spine.read { try await PoolStore($0).all() }
            let open = people.map { feed.open(LeadsLive.topics(pools, for: $0), for: $0.leadSight) }
            try await deed()
            await watch.tell()
            var heard: [String] = []
            for page in open {
                feed.close(page.id)
                heard.append(await page.stream.reduce(into: "") { $0 += $1 })
            }
            return heard
        }
    }

    private static func agent(_ id: StaffID, _ team: UUID) -> Principal {
        Principal(staffID: id.uuid, name: "A", email: "a@l.example", role: .agent, scope: .own, teamID: team)
    }

    @Test(
        "members hear that their pool is not what it was, of no lead; who has or had a lead hears of that; others of nothing"
    )
    func hearing() async throws {
        try await Office.open { office in
            let feed = LiveFeed()
            let office = Office(app: LeadsApp(office.spine, announce: { LeadsLive.announce($0, on: feed) }))
            let pages = Pages(office: office, feed: feed, watch: WatchLeads(spine: office.spine, feed: feed))
            let (first, second) = (try await office.staff(), try await office.staff())
            let outside = UUID.v7()
            let foreign = try await office.staff(team: TeamID(outside))
            let (one, two) = (Self.agent(first, Office.team.uuid), Self.agent(second, Office.team.uuid))
            let everybody = [one, two, Self.agent(foreign, outside), Cast.head.principal]
            _ = try await office.spine.perform(Cause(actor: "test")) { work in
                try await office.app.changePool(Pool(name: "team", title: "Team", teamID: Office.team), work)
            }
            try await office.switchOn(RuleSet([AssignmentRule("pool", RuleTarget(.pool, pool: "team"))]))

            let come = try await pages.heard(by: everybody) { try await office.push(Office.enquiry("1")) }
            let lead = try #require(try await office.leads().first)
            let id = lead.id.description
            #expect(come.map { $0.contains("pool:team") } == [true, true, false, true])
            #expect(come.map { $0.contains(id) } == [false, false, false, true])

            let claimed = try await pages.heard(by: everybody) { try await office.claim(lead.id, by: first) }
            #expect(claimed.map { $0.contains("pool:team") } == [true, true, false, true])
            #expect(claimed.map { $0.contains(id) } == [true, false, false, true])

            let given = try await pages.heard(by: everybody) {
                try await office.spine.perform(.staff(StaffID(Cast.head.id))) { work in
                    try await office.app.reassignLead(lead.id, to: second, Cast.head.principal.leadSight, work)
                }
            }
            #expect(given.map { $0.contains(id) } == [true, true, false, true], "who had it hears that it went")
            #expect(!given.joined().contains("pool:"))

            let spoken = try await pages.heard(by: everybody) {
                try await office.hear(ContactLogged.reached(lead.uid, lead.id, by: second), about: "c", uid: lead.uid)
            }
            #expect(spoken.map { $0.contains(id) } == [false, true, false, true])

            let back = try await pages.heard(by: everybody) {
                let later = office.spine.clock.now.addingTimeInterval(15 * 86_400)
                try await office.spine.fireTimers(office.app.timers, now: later)
            }
            #expect(back.map { $0.contains("pool:shared") } == [true, true, true, true])
            #expect(back.map { $0.contains(id) } == [false, true, false, true])
        }
    }
}
