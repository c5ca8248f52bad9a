import Contracts
import Foundation
import Messaging
import Postgres
import TestSupport
import Testing

@testable import Leads

@Suite("Intake")
struct IntakeTests {
    @Test("a submission becomes a person, a lead, a ledger row, a clock and three events")
    func accepted() async throws {
        try await Office.open { office in
            let agent = try await office.staff(projects: ["river-park"])
            let need = #", "need": {"projects": ["river-park"], "budget": {"max": 450000000}, "timeframe": "3m"}"#
            try await office.push(Office.enquiry("w-1", email: "Zhang@Example.com", more: need))

            let lead = try #require(try await office.leads().first)
            #expect(lead.grade == .a)
            #expect(lead.ownerID == agent)
            #expect(lead.project == "river-park")
            let names = try await office.spine.events().map(\.envelope.type.text)
            #expect(names == ["leads.person.identified.v1", "leads.lead.received.v1", "leads.lead.assigned.v1"])
            let received = try #require(try await office.spine.events(of: LeadReceived.self).first)
            #expect(received.person.phones == ["+8613812345678"])
            #expect(received.person.emails == ["zhang@example.com"])
            #expect(received.gradeWhy.rule == "grade.a.budget-and-timeframe")
            let assigned = try #require(try await office.spine.events(of: LeadAssigned.self).first)
            #expect(assigned.why.rule == "assign.project")
            #expect(
                assigned.firstResponseDueAt?.toMilliseconds == lead.receivedAt.addingTimeInterval(300).toMilliseconds
            )
            let clocks = try await office.count(
                "SELECT count(*) AS count FROM timers WHERE kind = 'leads.first-response'"
            )
            #expect(clocks == 1)
            #expect(try await office.ledger().map(\.outcome) == ["accepted"])
        }
    }

    @Test("the same submission twice is one row that counts its deliveries, and one lead")
    func repeated() async throws {
        try await Office.open { office in
            let first = try await office.push(Office.enquiry("w-1"))
            let second = try await office.push(Office.enquiry("w-1"))
            let together = try await office.push(Office.enquiry("w-1"), Office.enquiry("w-1"))
            #expect(first == second)
            #expect(together == [first[0], first[0]])
            let rows = try await office.ledger()
            #expect(rows.map(\.deliveries) == [4])
            #expect(try await office.leads().count == 1)
            #expect(try await office.spine.events(of: LeadReceived.self).count == 1)
        }
    }

    @Test("a repetition that comes in one batch with the first is counted too")
    func repeatedWithinBatch() async throws {
        try await Office.open { office in
            let other = Office.enquiry("w-2", phone: "13987654321")
            try await office.push(Office.enquiry("w-1"), other, Office.enquiry("w-1"))
            #expect(try await office.ledger().map(\.deliveries).sorted() == [1, 2])
        }
    }

    @Test("another body under the same key is a duplicate of the first")
    func duplicate() async throws {
        try await Office.open { office in
            let first = try await office.push(Office.enquiry("w-1"))[0]
            try await office.push(
                Office.enquiry("w-1", phone: "13987654321"),
                Office.enquiry("w-2", phone: "13987654321")
            )
            let rows = try await office.ledger()
            #expect(Set(rows.map(\.outcome)) == ["accepted", "duplicate"])
            #expect(rows.first { $0.outcome == "duplicate" }?.duplicateOf == first)
            #expect(try await office.leads().count == 2)
        }
    }

    @Test("without an id of the channel the message's id, else the body tells submissions apart")
    func keys() async throws {
        try await Office.open { office in
            try await office.push(Office.enquiry(), id: "m-1")
            try await office.push(Office.enquiry(), id: "m-2")
            try await office.push(Office.enquiry())
            try await office.push(Office.enquiry())
            let rows = try await office.ledger()
            #expect(rows.map(\.outcome) == ["accepted", "merged", "merged"])
            #expect(rows.map(\.deliveries) == [1, 1, 2])
            #expect(try await office.leads().first?.touches == 3)
        }
    }

    @Test("a rejected submission may be mended and sent again under its key")
    func mended() async throws {
        try await Office.open { office in
            try await office.push(Office.enquiry("w-1", phone: "12"))
            try await office.push(Office.enquiry("w-1"))
            #expect(try await office.ledger().map(\.outcome) == ["rejected", "accepted"])
        }
    }

    @Test("an event of type leads.lead.submit.v1 carries a submission, with and without its content type")
    func event() async throws {
        try await Office.open { office in
            func event(_ id: String, _ type: String = "leads.lead.submit.v1") -> String {
                #"{"specversion": "1.0", "id": "e", "source": "/web", "type": "\#(type)", "data": \#(Office.enquiry(id))}"#
            }
            let marked = Office.submission(event("w-1"), type: "application/cloudevents+json; charset=utf-8")
            let strange = Office.submission(event("w-3", "leads.lead.submit.v9"))
            _ = try await office.push([marked, Office.submission(event("w-2")), strange])
            let rows = try await office.ledger()
            #expect(rows.map(\.outcome).sorted() == ["accepted", "merged", "rejected"])
            #expect(rows.first { $0.outcome == "rejected" }?.reason == "unknown-type")
        }
    }

    @Test("a discarded person who enquires again is a new lead, and goes to whoever had the last")
    func again() async throws {
        try await Office.open { office in
            try await office.staff()
            try await office.staff()
            try await office.push(Office.enquiry("w-1"))
            let first = try #require(try await office.leads().first)
            try await office.spine.perform(Cause(actor: "test")) { work in
                try await office.app.discardLead(
                    first.id,
                    reason: "no-need",
                    note: nil,
                    Cast.admin.principal.leadSight,
                    work
                )
            }
            try await office.push(Office.enquiry("w-2"))
            let second = try #require(try await office.leads().last)
            #expect(second.id != first.id)
            #expect(second.uid == first.uid)
            #expect(second.ownerID == first.ownerID)
        }
    }
}
