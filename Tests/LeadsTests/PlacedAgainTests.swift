import Contracts
import Foundation
import Messaging
import Postgres
import TestSupport
import Testing

@testable import Leads

/// What becomes of leads whose agent has gone, or that nobody could take at first.
@Suite("Leads that are placed again")
struct PlacedAgainTests {
    /// Leaves the shift for so long that what is unanswered is taken.
    private func goHome(_ agent: StaffID, sequence: Int64, _ office: Office) async throws {
        try await office.staff(agent, onShift: false, sequence: sequence)
        let later = office.spine.clock.now.addingTimeInterval(11 * 60)
        try await office.spine.fireTimers(office.app.timers.filter { $0.kind == WatchAttendance.timerKind }, now: later)
    }

    @Test("an office closes for the night: whoever opens it in the morning has their leads back")
    func overnight() async throws {
        try await Office.open { office in
            let agent = try await office.staff()
            try await office.push(Office.enquiries(3))
            try await goHome(agent, sequence: 2, office)
            #expect(try await office.leads().map(\.pool) == ["main", "main", "main"])
            #expect(try await office.count("SELECT count(*) FROM pool_exits") == 0)
            try await office.staff(agent, sequence: 3)
            #expect(try await office.leads().map(\.ownerID) == [agent, agent, agent])
            #expect(try await AuditLedger(spine: office.spine)().breaches == [])
        }
    }

    @Test("who has not had a lead yet comes before those who have")
    func othersFirst() async throws {
        try await Office.open { office in
            let first = try await office.staff()
            try await office.push(Office.enquiry("1"))
            try await goHome(first, sequence: 2, office)
            let second = try await office.staff(capacity: 1)
            #expect(try await office.leads().map(\.ownerID) == [second])
            try await office.staff(first, sequence: 3)
            let third = try await office.staff(onShift: false)
            try await goHome(second, sequence: 2, office)
            #expect(try await office.leads().map(\.ownerID) == [first])
            try await office.staff(third, sequence: 2)
            try await goHome(first, sequence: 4, office)
            #expect(try await office.leads().map(\.ownerID) == [third])
        }
    }

    @Test("who lost a lead to a pool because of idleness, or by hand, waits before it is given back")
    func barred() async throws {
        try await Office.open { office in
            let agent = try await office.staff()
            try await office.push(Office.enquiry("1"))
            let id = try await office.leads()[0].id
            try await office.spine.perform(Cause(actor: "test")) { work in
                let lead = try #require(try await LeadStore(work.tx).locked(id))
                try await office.app.placeLeads.toPool([lead], "main", by: "staff:m", work)
            }
            try await office.staff(agent, sequence: 2)
            #expect(try await office.leads().map(\.pool) == ["main"])
            try await office.spine.perform(Cause(actor: "test")) { work in
                try work.tx.later("UPDATE pool_exits SET left_at = left_at - interval '8 days'")
            }
            try await office.staff(agent, sequence: 3)
            #expect(try await office.leads().map(\.ownerID) == [agent])
        }
    }

    @Test("the rules know of a lead that is placed again whose the person was before, and that somebody recommended us")
    func known() async throws {
        try await Office.open { office in
            let owner = try await office.staff()
            let code = try await office.friend().code
            try await office.push(Office.enquiry("1", phone: "13800000001"))
            let first = try #require(try await office.leads().last)
            try await office.spine.perform(.staff(owner)) { work in
                let sight = Cast.head.principal.leadSight
                try await office.app.discardLead(first.id, reason: "not-now", note: nil, sight, work)
            }
            let host = try await office.staff(onShift: false)
            try await office.staff(owner, onShift: false, sequence: 2)
            try await office.switchOn(
                RuleSet([
                    AssignmentRule(
                        "recommended",
                        RuleTarget(.person, staffID: host),
                        when: [RuleCondition(.referred, .is, ["yes"])]
                    ), AssignmentRule("whose they were", .previousOwner),
                ])
            )
            try await office.push(Office.enquiry("again", phone: "13800000001"))
            let again = try #require(try await office.leads().last).id
            let recommended = try await office.recommended(code, phone: "13800000002").id
            let owners = {
                let leads = Dictionary(try await office.leads().map { ($0.id, $0.ownerID) }) { first, _ in first }
                return [leads[again] ?? nil, leads[recommended] ?? nil]
            }
            #expect(try await owners() == [nil, nil])
            try await office.staff(host, sequence: 2)
            #expect(try await owners() == [nil, host])
            try await office.staff(owner, sequence: 3)
            #expect(try await owners() == [owner, host])
        }
    }

    @Test("what was offered while nobody was there is not offered for ever: whoever comes is given it")
    func offeredInVain() async throws {
        try await Office.open { office in
            try await office.switchOn(
                RuleSet([
                    AssignmentRule("first", RuleTarget(.firstToClaim, pool: Assignment.mainPool, seconds: 60)),
                    AssignmentRule("everybody", .any),
                ])
            )
            try await office.push(Office.enquiry("1"))
            let later = office.spine.clock.now.addingTimeInterval(61)
            try await office.spine.fireTimers(office.app.timers.filter { $0.kind == Offers.timerKind }, now: later)
            #expect(try await office.leads().map(\.pool) == [Assignment.mainPool])
            let agent = try await office.staff()
            #expect(try await office.leads().map(\.ownerID) == [agent])
            let told = try await office.spine.events(of: LeadAssigned.self)
            #expect(told.last?.why.rule == "everybody")
        }
    }

    @Test("what nobody can take does not keep those behind it from their turn")
    func behind() async throws {
        try await Office.open { office in
            let projects = RuleSet([AssignmentRule("project", .project)])
            try await office.spine.perform(Cause(actor: "test")) { work in
                let present = try await RuleSetStore(work.tx).current().version
                try await office.app.changeRules(projects, from: present, note: nil, work)
            }
            let unsold = (0..<1_010).map { number in
                Office.submission(
                    Office.enquiry("u\(number)", phone: "138\(10_000_000 + number)", more: Self.wish("far-away"))
                )
            }
            try await office.push(unsold)
            try await office.push(Office.enquiry("wanted", phone: "13912345678", more: Self.wish("river-park")))
            let agent = try await office.staff(projects: ["river-park"])
            // The first thousand are looked at with the agent's coming, the rest at once after it.
            try await office.spine.fireTimers(office.app.timers.filter { $0.kind == PlaceLeads.waitingTimer })
            let owned = try await office.leads().filter { $0.ownerID == agent }
            #expect(owned.map(\.project) == ["river-park"])
        }
    }

    @Test("who leaves for good leaves nothing behind: what was answered goes to others too, hundreds of leads and more")
    func leaver() async throws {
        try await Office.open { office in
            let leaver = try await office.staff(capacity: 500)
            try await office.push(
                (0..<230).map { Office.submission(Office.enquiry("\($0)", phone: "138\(10_000_000 + $0)")) }
            )
            let known = try await office.leads()
            for lead in known.prefix(3) {
                try await office.hear(Self.call(lead, by: leaver, office), about: lead.uid, uid: lead.uid)
            }
            let heir = try await office.staff(capacity: 228)
            try await office.staff(leaver, active: false, sequence: 2)
            try await office.staff(leaver, active: false, sequence: 2)
            try await office.spine.fireTimers(office.app.timers.filter { $0.kind == WatchAttendance.timerKind })
            let after = try await office.leads()
            #expect(after.count { $0.ownerID == leaver } == 0)
            #expect(after.count { $0.ownerID == heir } == 228)
            #expect(after.count { $0.pool == "main" } == 2)
            // What is in the pool goes to whoever comes, answered or not.
            let late = try await office.staff()
            #expect(try await office.leads().count { $0.ownerID == late } == 2)
            #expect(try await office.count("SELECT count(*) FROM timers WHERE kind = 'leads.idle'") >= 3)
            #expect(try await AuditLedger(spine: office.spine)().breaches == [])
        }
    }

    @Test(
        "an agent who calls somebody from the pool has the lead, with a reason and told to all; after a clerk the rules decide"
    )
    func contact() async throws {
        try await Office.open { office in
            try await office.push(Office.enquiries(2))
            let leads = try await office.leads()
            let clerk = try await office.staff(role: "clerk")
            let agent = try await office.staff(onShift: false)
            for _ in 0..<2 {
                try await office.hear(Self.call(leads[0], by: agent, office), about: leads[0].uid, uid: leads[0].uid)
            }
            try await office.hear(Self.call(leads[1], by: clerk, office), about: leads[1].uid, uid: leads[1].uid)
            #expect(try await office.leads().map(\.ownerID) == [agent, nil])
            #expect(try await office.leads().map(\.status) == [.contacted, .contacted])
            let told = try await office.spine.events(of: LeadAssigned.self).filter { $0.leadID == leads[0].id }
            #expect(told.map(\.isOwnDoing) == [nil, true])
            #expect(told.last?.why.rule == "assign.contact")
            let free = try await office.staff()
            #expect(try await office.leads().map(\.ownerID) == [agent, free])
            #expect(try await AuditLedger(spine: office.spine)().breaches == [])
        }
    }

    @Test("a deal with somebody from the pool says whose the lead is now, and why")
    func deal() async throws {
        try await Office.open { office in
            try await office.push(Office.enquiry("1"))
            let agent = try await office.staff(onShift: false)
            let lead = try #require(try await office.leads().first)
            var opened = DealOpened.example
            (opened.uid, opened.leadID, opened.ownerID) = (lead.uid, lead.id, agent)
            for _ in 0..<2 { try await office.hear(opened, about: opened.dealID, uid: lead.uid) }
            #expect(try await office.leads().map(\.ownerID) == [agent])
            let told = try await office.spine.events(of: LeadAssigned.self)
            #expect(told.map(\.why.rule) == ["assign.pool", "assign.deal"])
        }
    }

    private static func wish(_ project: String) -> String { #", "need": {"projects": ["\#(project)"]}"# }

    private static func call(_ lead: Lead, by staff: StaffID, _ office: Office) -> ContactLogged {
        var call = ContactLogged.example
        call.uid = lead.uid
        call.leadID = lead.id
        call.staffID = staff
        call.isReached = true
        call.contactedAt = office.spine.clock.now
        return call
    }
}
