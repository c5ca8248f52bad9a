import Contracts
import Failures
import Foundation
import Messaging
import Postgres
import TestSupport
import Testing

@testable import Sales

@Suite struct CustomerTests {
    @Test("a customer is built from events in whatever order they come, each twice")
    func anyOrder() async throws {
        try await Agency.open { agency in
            let owner = try agency.member("agent")
            let uid = UID.new()
            var identified = PersonIdentified.example
            identified.uid = uid
            var received = LeadReceived.example
            received.uid = uid
            var assigned = LeadAssigned.example
            assigned.uid = uid
            assigned.ownerID = owner.id
            assigned.teamID = nil
            var opened = CaseOpened.example
            opened.uid = uid
            let subscriptions = agency.app.subscriptions
            let ids = (0..<4).map { _ in UUID.v7() }
            for _ in 0..<2 {
                let spine = agency.spine
                try await spine.deliver(opened, about: opened.caseID, uid: uid, id: ids[0], to: subscriptions)
                try await spine.deliver(assigned, about: assigned.leadID, uid: uid, id: ids[1], to: subscriptions)
                try await spine.deliver(received, about: received.leadID, uid: uid, id: ids[2], to: subscriptions)
                try await spine.deliver(identified, about: uid, uid: uid, id: ids[3], to: subscriptions)
            }
            let unsettled = try await agency.spine.unsettled()
            #expect(unsettled == (0, 0))
            let customer = try await agency.spine.read { try await CustomerStore($0).customer(uid) }
            #expect(customer?.ownerID == owner.id)
            #expect(customer?.teamID == owner.team?.id)
            #expect(customer?.card.phones == ["+8613812345678"])
            #expect(customer?.need?.layouts == ["3室2厅"])
            #expect(customer?.gradeWhy?.rule == "grade.a.budget-and-timeframe")
            #expect(customer?.isWithService == true)
        }
    }

    @Test("what marketing knows comes with the hand-over, twice or not; one that knows nothing takes nothing away")
    func tags() async throws {
        try await Agency.open { agency in
            let uid = try await agency.customer(of: "agent")
            var assigned = LeadAssigned.example
            assigned.uid = uid
            let tags = try #require(assigned.tags)
            let id = UUID.v7()
            let (spine, subscriptions) = (agency.spine, agency.app.subscriptions)
            for _ in 0..<2 {
                try await spine.deliver(assigned, about: assigned.leadID, uid: uid, id: id, to: subscriptions)
            }
            assigned.tags = nil
            try await spine.deliver(assigned, about: assigned.leadID, uid: uid, to: subscriptions)
            #expect(try await spine.read { try await CustomerStore($0).customer(uid) }?.tags == tags)
            assigned.tags = []
            try await spine.deliver(assigned, about: assigned.leadID, uid: uid, to: subscriptions)
            #expect(try await spine.read { try await CustomerStore($0).customer(uid) }?.tags == [])
        }
    }

    @Test("a lead that is opened again takes its customer's story up where it was, told twice or not")
    func reopened() async throws {
        try await Agency.open { agency in
            let uid = try await agency.customer(of: "agent")
            let (spine, subscriptions) = (agency.spine, agency.app.subscriptions)
            let customer = { try await spine.read { try await CustomerStore($0).customer(uid) } }
            let lead = try #require(try await customer()?.leadID)
            for (isContacted, stage) in [(false, Customer.Stage.enquiry), (true, .contacted)] {
                let given = LeadDiscarded(leadID: lead, uid: uid, reason: "not-now")
                try await spine.deliver(given, about: lead, uid: uid, to: subscriptions)
                #expect(try await customer()?.stage == .discarded)
                var again = LeadReopened.example
                (again.leadID, again.uid, again.isContacted) = (lead, uid, isContacted)
                let id = UUID.v7()
                for _ in 0..<2 { try await spine.deliver(again, about: lead, uid: uid, id: id, to: subscriptions) }
                #expect(try await customer()?.stage == stage)
            }
            #expect(try await spine.unsettled() == (0, 0))
        }
    }

    @Test("what somebody has planned in Leads is what is next, unless a contact has said something else since")
    func planned() async throws {
        try await Agency.open { agency in
            let uid = try await agency.customer(of: "agent")
            let (spine, subscriptions) = (agency.spine, agency.app.subscriptions)
            let customer = { try await spine.read { try await CustomerStore($0).customer(uid) } }
            var planned = LeadFollowUpSet.example
            (planned.uid, planned.leadID) = (uid, try #require(try await customer()?.leadID))
            let id = UUID.v7()
            for _ in 0..<2 {
                let now = spine.clock.now
                try await spine.deliver(planned, about: planned.leadID, uid: uid, id: id, at: now, to: subscriptions)
            }
            #expect(try await customer()?.nextAction == planned.note)
            #expect(try await customer()?.nextAt == planned.dueAt)
            let report = ContactReport(kind: "call", isReached: true, nextAction: "带看", nextAt: nil)
            _ = try await agency.acts("agent") { try await agency.app.logContact(report, with: uid, by: $0, $1) }
            let before = spine.clock.now.addingTimeInterval(-3_600)
            try await spine.deliver(planned, about: planned.leadID, uid: uid, at: before, to: subscriptions)
            #expect(try await customer()?.nextAction == "带看")
            #expect(try await spine.unsettled() == (0, 0))
        }
    }

    @Test("a corrected need replaces what was said of that, and nothing else, also in one batch with enquiries")
    func need() async throws {
        let uid = UID.new()
        var touch = LeadTouched.example
        touch.need = Need(districts: ["浦东"], timeframe: "3m")
        var change = LeadNeedChanged.example
        change.need = Need(projects: ["garden"], districts: ["徐汇"])
        change.changed = ["districts", "timeframe"]
        var news = CustomerNews(of: uid, at: Date())
        news.take(touch, at: Date())
        news.take(change, at: Date())
        #expect(news.need == Need(districts: ["徐汇"]) && news.corrected == change.changed)
        touch.need = Need(timeframe: "12m")
        news.take(touch, at: Date())
        #expect(news.need == Need(districts: ["徐汇"], timeframe: "12m"))
        try await Agency.open { agency in
            let uid = try await agency.customer(of: "agent")
            let (spine, subscriptions) = (agency.spine, agency.app.subscriptions)
            let customer = { try await spine.read { try await CustomerStore($0).customer(uid) } }
            let known = try #require(try await customer()?.need)
            change.uid = uid
            let id = UUID.v7()
            for _ in 0..<2 {
                try await spine.deliver(change, about: change.leadID, uid: uid, id: id, to: subscriptions)
            }
            let after = try #require(try await customer()?.need)
            #expect(after.districts == ["徐汇"] && after.timeframe == nil)
            #expect(after.projects == known.projects && after.budget == known.budget)
            #expect(try await spine.unsettled() == (0, 0))
        }
    }

    @Test("a logged contact is told with its lead, and sets what is next")
    func contact() async throws {
        try await Agency.open { agency in
            let uid = try await agency.customer(of: "agent")
            let next = agency.spine.clock.now.addingTimeInterval(3_600)
            let report = ContactReport(
                kind: "call",
                isReached: true,
                note: " 约周六看房 ",
                nextAction: "带看",
                nextAt: next
            )
            let contact = try await agency.acts("agent") {
                try await agency.app.logContact(report, with: uid, by: $0, $1)
            }
            let told = try await agency.spine.events(of: ContactLogged.self)
            #expect(told == [contact.logged])
            let customer = try await agency.spine.read { try await CustomerStore($0).customer(uid) }
            #expect(told.first?.leadID == customer?.leadID)
            #expect(customer?.stage == .contacted)
            #expect(customer?.nextAction == "带看")
            #expect(customer?.lastContactAt.map(Wire.text) == Wire.text(of: contact.contactedAt))
        }
    }

    @Test("only who answers for a customer may log a contact")
    func scope() async throws {
        try await Agency.open { agency in
            let uid = try await agency.customer(of: "agent")
            let report = ContactReport(kind: "call", isReached: true)
            for (name, kind) in [("second", Rejection.Kind.notFound), ("service", .forbidden)] {
                let refusal = await #expect(throws: Rejection.self) {
                    try await agency.acts(name) { try await agency.app.logContact(report, with: uid, by: $0, $1) }
                }
                #expect(refusal?.kind == kind)
            }
            for name in ["agent", "manager", "admin", "head"] {
                _ = try await agency.acts(name) { try await agency.app.logContact(report, with: uid, by: $0, $1) }
            }
        }
    }

    @Test("the list filters by owner, grade, what is overdue, name and the end of the number")
    func list() async throws {
        try await Agency.open { agency in
            let mine = try await agency.customer(of: "agent", name: "张三", phone: "+8613812345678")
            let colleagues = try await agency.customer(of: "second", name: "Li Lei", phone: "+8613900001111")
            let manager = try agency.access("manager")
            func list(_ query: CustomerQuery, later: TimeInterval = 0) async throws -> Set<UID> {
                let now = agency.spine.clock.now.addingTimeInterval(later)
                return Set(
                    try await agency.spine.read {
                        try await CustomerListStore($0).list(query, for: manager, now: now).map(\.uid)
                    }
                )
            }
            #expect(try await list(CustomerQuery()) == [mine, colleagues])
            #expect(try await list(CustomerQuery(whose: .mine)) == [])
            #expect(try await list(CustomerQuery(search: "li l")) == [colleagues])
            #expect(try await list(CustomerQuery(search: "5678")) == [mine])
            #expect(try await list(CustomerQuery(grade: "B")) == [])
            #expect(try await list(CustomerQuery(isOverdue: true)) == [])
            #expect(try await list(CustomerQuery(isOverdue: true), later: 600) == [mine, colleagues])
            // Who is lost is owed nothing: the count and the list of Today say the same.
            try await agency.spine.perform(Cause(actor: "test")) { work in
                try await work.tx.execute("UPDATE customers SET stage = 'lost', next_at = now() WHERE uid = \(mine)")
            }
            #expect(try await list(CustomerQuery(isOverdue: true), later: 600) == [colleagues])
            let later = agency.spine.clock.now.addingTimeInterval(600)
            let (due, overdue) = try await agency.spine.read { tx in
                let store = CustomerListStore(tx)
                return (
                    try await store.due(before: later, for: manager).map(\.uid),
                    try await store.overdue(for: manager, now: later)
                )
            }
            #expect(due == [colleagues])
            #expect(overdue == 1)
            #expect(try await agency.spine.read { try await CustomerStore($0).customer(mine)?.dueAt } == nil)
        }
    }

    @Test("a reassigned lead takes its customer and the open deals to the new owner")
    func reassigned() async throws {
        try await Agency.open { agency in
            let uid = try await agency.customer(of: "agent")
            let deal = try await agency.deal(with: uid, by: "agent")
            var assigned = LeadAssigned.example
            assigned.uid = uid
            assigned.previousOwnerID = try agency.member("agent").id
            assigned.ownerID = try agency.member("other").id
            assigned.teamID = try agency.member("other").team?.id
            try await agency.spine.deliver(
                assigned,
                about: assigned.leadID,
                uid: uid,
                to: agency.app.subscriptions
            )
            _ = try await agency.acts("other") {
                try await agency.app.moveDeal(deal.id, to: "need-confirmed", by: $0, $1)
            }
            await #expect(throws: Rejection.self) {
                try await agency.acts("agent") { try await agency.app.moveDeal(deal.id, to: "plan-made", by: $0, $1) }
            }
        }
    }
}
