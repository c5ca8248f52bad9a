import Contracts
import Foundation
import Messaging
import TestSupport
import Testing
import Web

@testable import Leads

@Suite("Customers who write again, and those whom staff bring along")
struct TouchTests {
    @Test("a later enquiry corrects what is wanted; what it does not speak of stays")
    func need() async throws {
        try await Office.open { office in
            try await office.staff()
            let first = #", "need": {"projects": ["river-park"], "budget": {"max": 300000000}, "timeframe": "6m"}"#
            let later = #", "need": {"budget": {"max": 450000000}, "districts": ["pudong"]}"#
            try await office.push(Office.enquiry("1", more: first))
            let ids = try await office.push(Office.enquiry("2", more: later), Office.enquiry("3"))
            #expect(ids.count == 2)
            try await office.push(Office.enquiry("2", more: later))
            let lead = try #require(try await office.leads().first)
            let facts = try await office.spine.read { try await LeadFactsStore($0).seen([lead.id]) }
            let known = try #require(facts[lead.id]?.facts)
            #expect(known[.budget] == ["4500000"])
            #expect(known[.project] == ["river-park"])
            #expect(known[.timeframe] == ["6"])
            #expect(lead.project == "river-park")
            #expect(lead.district == "pudong")
        }
    }

    @Test("while the agent of somebody in talks is on leave, whoever leads them is told of every further enquiry")
    func onLeave() async throws {
        try await Office.open { office in
            let manager = try await office.staff(role: "manager")
            let agent = try await office.staff(manager: manager)
            try await office.push(Office.enquiry("1"))
            let lead = try #require(try await office.leads().first)
            var call = ContactLogged.example
            (call.uid, call.leadID, call.staffID, call.isReached) = (lead.uid, lead.id, agent, true)
            call.contactedAt = office.spine.clock.now
            try await office.hear(call, about: lead.uid, uid: lead.uid)
            try await office.push(Office.enquiry("2"))
            let today = LocalTime(office.spine.clock.now).day
            let leave = Attendance.Leave(first: LocalTime.date(of: today - 1), last: LocalTime.date(of: today + 2))
            let head = Principal(staffID: .v7(), name: "H", email: "h@l.example", role: .head, scope: .all)
            try await office.spine.perform(Cause(actor: "test")) { work in
                try await office.app.watchAttendance.change(agent, to: .init(leaves: [leave]), head.leadSight, work)
            }
            try await office.push(Office.enquiry("3"))
            // A batch that needs the rotation anyway knows it too.
            try await office.push([
                Office.submission(Office.enquiry("4")), Office.submission(Office.enquiry("5", phone: "13912345678")),
            ])
            let told = try await office.spine.events(of: LeadTouched.self)
            #expect(told.map(\.standInID) == [nil, manager, manager])
            #expect(told.map(\.ownerID) == [agent, agent, agent])
            #expect(told.map(\.customerName) == ["张三", "张三", "张三"])
        }
    }

    @Test("who enters a walk-in keeps them, unless somebody has looked after the person before")
    func walkIn() async throws {
        try await Office.open { office in
            let (first, second) = (try await office.staff(), try await office.staff())
            func enter(_ id: String, phone: String, by agent: StaffID) async throws {
                let body = Array(Office.enquiry(id, phone: phone).utf8)
                let received = ReceivedSubmission(
                    transport: .http,
                    routedChannel: "web",
                    contentType: "application/json",
                    body: body,
                    digest: Digest.of(body),
                    actor: "staff:\(agent)"
                )
                try await office.push([received])
            }
            for number in 0..<4 { try await enter("w\(number)", phone: "1380000001\(number)", by: second) }
            let leads = try await office.leads()
            #expect(leads.map(\.ownerID) == [second, second, second, second])
            try await office.spine.perform(Cause(actor: "test")) { work in
                try await office.app.discardLead(leads[0].id, reason: "no-need", note: nil, head(), work)
            }
            try await enter("again", phone: "13800000010", by: first)
            #expect(try await office.leads().last?.ownerID == second)
            let told = try await office.spine.events(of: LeadAssigned.self)
            #expect(told.first?.why.inputs["enteredBy"] == second.description)
        }
    }

    private func head() -> Sight {
        Principal(staffID: .v7(), name: "H", email: "h@l.example", role: .head, scope: .all).leadSight
    }
}
