import Contracts
import Foundation
import Messaging
import Postgres
import TestSupport
import Testing

@testable import Leads

@Suite("First response")
struct LadderTests {
    private func graded(_ id: String = "1") -> String {
        Office.enquiry(id, more: #", "need": {"budget": {"max": 400000000}, "timeframe": "3m"}"#)
    }

    private func contact(_ lead: Lead, by staff: StaffID, reached: Bool, at: Date = Date()) -> ContactLogged {
        ContactLogged(
            contactID: .new(),
            uid: lead.uid,
            leadID: lead.id,
            staffID: staff,
            kind: "call",
            isReached: reached,
            contactedAt: at
        )
    }

    @Test("nobody calls: the owner is reminded, the next agent gets it, the manager hears of it, once each")
    func ladder() async throws {
        try await Office.open { office in
            let manager = try await office.staff(role: "manager")
            let first = try await office.staff(manager: manager)
            let second = try await office.staff(manager: manager)
            try await office.push(graded())
            let before = try #require(try await office.leads().first)
            let steps = { try await office.spine.events(of: LeadResponseOverdue.self).map(\.step) }

            try await office.spine.fireTimers(office.app.timers, now: before.receivedAt.addingTimeInterval(150))
            #expect(try await steps() == [])
            try await office.spine.fireTimers(office.app.timers, now: before.receivedAt.addingTimeInterval(302))
            #expect(try await steps() == ["remind"])
            try await office.spine.fireTimers(office.app.timers, now: before.receivedAt.addingTimeInterval(602))
            #expect(try await steps() == ["remind", "reassign"])
            let after = try #require(try await office.leads().first)
            #expect(Set([before.ownerID, after.ownerID]) == [first, second])
            try await office.spine.fireTimers(office.app.timers, now: before.receivedAt.addingTimeInterval(9_000))
            #expect(try await steps() == ["remind", "reassign", "manager"])
            #expect(try await office.spine.events(of: LeadResponseOverdue.self).last?.managerID == manager)
            let assigned = try await office.spine.events(of: LeadAssigned.self)
            #expect(assigned.count == 2)
            #expect(assigned.last?.previousOwnerID == before.ownerID)
            #expect(try await AuditLedger(spine: office.spine)().breaches == [])
        }
    }

    @Test("a contact that reached the person stops the clock; one that did not is an attempt")
    func contacted() async throws {
        try await Office.open { office in
            let agent = try await office.staff()
            try await office.push(graded())
            let lead = try #require(try await office.leads().first)
            try await office.hear(contact(lead, by: agent, reached: false), about: "c-1", uid: lead.uid)
            #expect(try await office.leads().first?.attempts == 1)
            #expect(try await office.leads().first?.status == .open)
            let call = contact(lead, by: agent, reached: true, at: lead.receivedAt.addingTimeInterval(60))
            let id = UUID.v7()
            try await office.hear(call, about: "c-2", uid: lead.uid, id: id)
            try await office.hear(call, about: "c-2", uid: lead.uid, id: id)
            let contacted = try await office.spine.events(of: LeadContacted.self)
            #expect(contacted.map(\.isWithinTarget) == [true])
            #expect(contacted.map(\.responseSeconds) == [60])
            try await office.spine.fireTimers(office.app.timers, now: lead.receivedAt.addingTimeInterval(9_000))
            #expect(try await office.spine.events(of: LeadResponseOverdue.self).isEmpty)
        }
    }

    @Test("many at once climb together, each its own step once, and ringing again changes nothing")
    func many() async throws {
        try await Office.open { office in
            let manager = try await office.staff(role: "manager")
            for _ in 0..<2 { try await office.staff(capacity: 100, manager: manager) }
            try await office.push(Office.enquiries(60))
            let leads = try await office.leads()
            let contacted = try #require(leads.last)
            let call = contact(contacted, by: try #require(contacted.ownerID), reached: true)
            try await office.hear(call, about: "c-1", uid: contacted.uid)
            let steps = { try await office.steps() }
            let start = try #require(leads.map(\.receivedAt).max())
            let respondWithin = try #require(leads.map { $0.responseDueAt.timeIntervalSince($0.receivedAt) }.max())

            for (pause, expected) in [
                (60.0, ["remind"]), (360, ["remind", "reassign"]), (660, ["remind", "reassign", "manager"]),
            ] {
                try await office.spine.fireTimers(
                    office.app.timers,
                    now: start.addingTimeInterval(respondWithin + pause)
                )
                #expect(try await steps().filter { $0.key != contacted.id }.values.allSatisfy { $0 == expected })
                #expect(try await steps().count == 59)
            }
            try await office.spine.ringsAgain(ResponseTarget.timerKind, leads.map(\.id), office.app.timers)
            #expect(try await steps().values.allSatisfy { $0.count == 3 })
            #expect(try await office.spine.events(of: LeadAssigned.self).count == 119)
            for lead in try await office.leads() where lead.id != contacted.id {
                #expect(lead.step == .escalated)
                #expect(lead.owners.count == 2)
                #expect(lead.ownerID == lead.owners.last)
            }
            #expect(try await AuditLedger(spine: office.spine)().breaches == [])
        }
    }

    @Test("calls that reach people while their clocks run out: nobody is reminded of a call that was made before")
    func race() async throws {
        try await Office.open { office in
            let agent = try await office.staff(capacity: 100)
            try await office.push(Office.enquiries(40))
            let leads = try await office.leads()
            try await office.spine.advanceClock(bySeconds: 9_000)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for lead in leads {
                    group.addTask {
                        let call = contact(lead, by: agent, reached: true, at: office.spine.clock.now)
                        try await office.spine.deliver(
                            call,
                            about: "\(lead.id)",
                            uid: lead.uid,
                            to: office.app.subscriptions
                        )
                    }
                }
                for _ in 0..<2 { group.addTask { try await office.spine.fireTimers(office.app.timers) } }
                try await group.waitForAll()
            }
            let later = office.spine.clock.now.addingTimeInterval(86_400)
            #expect(try await office.spine.unsettled() == (0, 0))
            try await office.spine.fireTimers(office.app.timers, now: later)
            let names = try await office.spine.events().reduce(into: [String: [MessageName]]()) {
                $0[$1.envelope.subject, default: []].append($1.envelope.type)
            }
            for lead in leads {
                let told = try #require(names["\(lead.id)"])
                #expect(told.last == LeadContacted.name)
                #expect(told.filter { $0 == LeadContacted.name }.count == 1)
            }
            let clocks: SQL = "SELECT count(*) AS count FROM timers WHERE kind = 'leads.first-response'"
            #expect(try await office.count(clocks) == 0)
        }
    }

    @Test("who comes on shift gets what waited in the pool, oldest first and no more than they can take")
    func pool() async throws {
        try await Office.open { office in
            for number in 0..<3 { try await office.push(Office.enquiry("\(number)", phone: "1380000000\(number)")) }
            #expect(try await office.leads().allSatisfy { $0.pool == "main" })
            let agent = try await office.staff(capacity: 2)
            #expect(try await office.leads().map(\.ownerID) == [agent, agent, nil])
            let first = try #require(try await office.leads().first)
            let deal = DealOpened(
                dealID: .new(),
                uid: first.uid,
                leadID: first.id,
                ownerID: agent,
                title: "t",
                stage: "first-talk"
            )
            try await office.hear(deal, about: deal.dealID, uid: first.uid)
            let moved = DealStageChanged(
                dealID: deal.dealID,
                uid: first.uid,
                from: "first-talk",
                to: "plan-made",
                probability: 50,
                ownerID: agent
            )
            try await office.hear(moved, about: deal.dealID, uid: first.uid)
            #expect(try await office.dealStages() == ["plan-made", nil, nil])
            #expect(try await office.leads().map(\.status) == [.converted, .open, .open])
            #expect(try await office.leads().map(\.ownerID) == [agent, agent, agent])
            #expect(try await office.spine.events(of: LeadConverted.self).count == 1)
        }
    }

    @Test("an older word about staff changes nothing, and who has left loses what nobody has answered")
    func left() async throws {
        try await Office.open { office in
            let first = try await office.staff(sequence: 5)
            try await office.staff(first, onShift: false, sequence: 4)
            try await office.push(Office.enquiry("1"))
            #expect(try await office.leads().first?.ownerID == first)
            let second = try await office.staff()
            try await office.staff(first, active: false, sequence: 6)
            #expect(try await office.leads().first?.ownerID == second)
        }
    }
}
