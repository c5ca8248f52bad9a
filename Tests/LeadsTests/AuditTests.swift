import Contracts
import Foundation
import Messaging
import Postgres
import TestSupport
import Testing

@testable import Leads

@Suite("Audit")
struct AuditTests {
    @Test(
        "what is missing is named",
        arguments: [
            ("DELETE FROM submissions", "lead-without-submission"),
            ("DELETE FROM journal WHERE name = 'leads.lead.received.v1'", "lead-without-received"),
            ("DELETE FROM journal WHERE name = 'leads.lead.assigned.v1'", "lead-without-assigned"),
            ("DELETE FROM timers", "clock-missing"),
            ("UPDATE leads SET touches = 7", "touches-do-not-add-up"),
        ]
    )
    func broken(_ damage: String, _ law: String) async throws {
        try await Office.open { office in
            try await office.push(Office.enquiry("1"))
            let audit = AuditLedger(spine: office.spine)
            let sound = try await audit()
            #expect(sound.holds)
            #expect(sound.byOutcome == ["accepted": 1])
            try await office.spine.perform(Cause(actor: "test")) { work in try await work.tx.script(damage) }
            let report = try await audit()
            let breach = try #require(report.breaches.first { $0.law == law })
            let lead = try await office.leads()[0].id
            #expect(breach.ids == [lead.description])
            #expect(!report.holds)
        }
    }
}
