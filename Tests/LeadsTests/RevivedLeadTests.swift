import Contracts
import Foundation
import Messaging
import TestSupport
import Testing

@testable import Leads

@Suite("Leads that come back when a merge is taken back")
struct RevivedLeadTests {
    private static let day = 86_400.0

    @Test("nobody is warned of a lead that waits behind another; once it is back, its days are counted again")
    func idle() async throws {
        try await Office.open { office in
            let agent = try await office.staff()
            let (one, other) = try await office.two()
            for lead in try await office.leads() {
                let call = ContactLogged.reached(lead.uid, lead.id, by: agent)
                try await office.hear(call, about: call.contactID, uid: lead.uid)
            }
            let merge = try await office.merge(other, into: one)
            let hidden = try #require(try await office.leads().first { $0.status == .merged })
            let warnings = {
                try await office.spine.events(of: LeadIdle.self).filter { $0.leadID == hidden.id }.map(\.step)
            }
            let monthLater = office.spine.clock.now.addingTimeInterval(30 * Self.day)
            try await office.spine.fireTimers(office.app.timers, now: monthLater)
            #expect(try await warnings() == [])

            try await office.unmerge(merge.id)
            let back = office.spine.clock.now
            try await office.spine.fireTimers(office.app.timers, now: back.addingTimeInterval(6 * Self.day))
            #expect(try await warnings() == [])
            try await office.spine.fireTimers(office.app.timers, now: back.addingTimeInterval(7.1 * Self.day))
            #expect(try await warnings() == ["owner"])
            try await office.spine.fireTimers(office.app.timers, now: back.addingTimeInterval(14.1 * Self.day))
            #expect(try await warnings() == ["owner", "manager", "pool"])
            #expect(try await AuditLedger(spine: office.spine)().breaches == [])
        }
    }

    @Test("what was offered before it was hidden is offered no more: whoever comes is given it")
    func offered() async throws {
        try await Office.open { office in
            let agent = try await office.staff()
            try await office.switchOn(
                RuleSet([
                    AssignmentRule(
                        "who is first",
                        RuleTarget(.firstToClaim, pool: Assignment.mainPool, seconds: 60),
                        when: [RuleCondition(.campaign, .is, ["fair"])]
                    ), AssignmentRule("everybody", .any),
                ])
            )
            try await office.push(Office.enquiry("1", phone: "13900000001"))
            try await office.push(Office.enquiry("2", phone: "13900000002", more: #", "campaign": "fair""#))
            let leads = try await office.leads()
            #expect(leads.map(\.ownerID) == [agent, nil])
            let merge = try await office.merge(leads[1].uid, into: leads[0].uid)
            // The offer ends while nobody can see it.
            let later = office.spine.clock.now.addingTimeInterval(120)
            try await office.spine.fireTimers(office.app.timers.filter { $0.kind == Offers.timerKind }, now: later)
            #expect(try await office.leads().map(\.status) == [.open, .merged])
            try await office.unmerge(merge.id)
            let back = try #require(try await office.leads().last)
            #expect(back.status == .open && back.pool == Assignment.mainPool)
            let next = try await office.staff()
            #expect(try await office.leads().map(\.ownerID) == [agent, next])
            #expect(try await AuditLedger(spine: office.spine)().breaches == [])
        }
    }
}
