import Contracts
import Foundation
import Messaging
import TestSupport
import Testing
import Web

@testable import Leads

@Suite("The pool in the inbox")
struct PoolListTests {
    @Test("the list's pool shows and counts what the pools' pages do, also what was spoken about and came back")
    func recycled() async throws {
        try await FrontDoor.open { office, client, head in
            let agent = try await office.staff()
            try await office.push(Office.enquiry("1", phone: "13900000001"))
            let lead = try #require(try await office.leads().first)
            try await office.hear(ContactLogged.reached(lead.uid, lead.id, by: agent), about: "c", uid: lead.uid)
            try await office.spine.fireTimers(
                office.app.timers,
                now: office.spine.clock.now.addingTimeInterval(15 * 86_400)
            )
            let back = try #require(try await office.leads().first)
            #expect(back.pool == "shared" && back.status == .contacted)
            try await office.staff(agent, onShift: false, sequence: 2)
            try await office.push(Office.enquiry("2", phone: "13900000002"))
            let counts = try await office.spine.read { try await PoolQueryStore($0).counts() }
            #expect(counts.values.reduce(0, +) == 2)
            let page = try await client.get("/leads/leads?view=pool", as: head)
            for lead in try await office.leads() { #expect(page.text.contains("row-\(lead.id)"), "\(lead.status)") }
            let filter = LeadListQuery.filter(of: "pool", head, Date())
            for (most, counted) in [(5, 2), (2, 2), (1, 2), (0, 1)] {
                let count = try await office.spine.read {
                    try await LeadQueryStore($0).count(filter, head.leadSight, atMost: most)
                }
                #expect(count == counted, "at most \(most)")
            }
        }
    }

    @Test(
        "what is counted above the list is said up to a thousand, and of more that there are more",
        arguments: Language.allCases
    )
    func manyWait(_ language: Language) throws {
        let pages = try Pages(service: "leads", bundle: LeadsApp.resources, zone: .shanghai, now: { Date() })
        let head = Principal(staffID: UUID(), name: "R", email: "r@l.example", role: .head, scope: .all)
        let filters = LeadListFilters(
            wanted: LeadListQuery(stored: ""),
            ground: .init(counts: ["mine": 0, "pool": 1_000, "overdue": 1_001]),
            who: head,
            viewer: pages.viewer(language)
        )
        #expect(filters.views.map(\.count) == [nil, "0", "1,000", "1,000+"])
    }

    @Test(
        "the page of the return leads only where its reader may go",
        arguments: [Role.marketing, .manager, .head, .admin]
    )
    func returnLinks(_ role: Role) async throws {
        try await FrontDoor.open { _, client, head in
            let who = Principal(staffID: head.staffID, name: "R", email: "r@l.example", role: role, scope: .all)
            let page = try await client.get("/leads/return", as: who)
            #expect(page.status == 200)
            let isLinked = page.text.contains("\"/leads/campaigns\"")
            let mayOpen = try await client.get("/leads/campaigns", as: who).status == 200
            #expect(isLinked == mayOpen)
        }
    }
}
