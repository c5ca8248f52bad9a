import Contracts
import Foundation
import Messaging
import Postgres
import TestSupport
import Testing

@testable import Leads

/// How many open leads an agent has is kept, not counted; it must always be what a count would give.
@Suite("Load")
struct LoadTests {
    /// Of a person of their own.
    private static func enquiry(_ number: Int) -> String {
        Office.enquiry("\(number)", phone: "1381234567\(number)")
    }

    @Test("an agent who is full gets no more, and gets the next as soon as one is closed")
    func capacity() async throws {
        try await Office.open { office in
            let agent = try await office.staff(capacity: 2)
            try await office.push(LoadTests.enquiry(1), LoadTests.enquiry(2), LoadTests.enquiry(3))
            // Of leads of one millisecond any may be the first.
            let owners = try await office.leads().map(\.ownerID)
            #expect(owners.filter { $0 == agent }.count == 2 && owners.filter { $0 == nil }.count == 1)
            try await office.change("UPDATE leads SET status = 'converted' WHERE owner_id IS NOT NULL")
            try await office.push(LoadTests.enquiry(4))
            let open = try await office.leads().filter(\.status.isOpen).compactMap(\.ownerID)
            #expect(open == [agent])
            #expect(try await office.load() == [agent: 1])
        }
    }

    @Test(
        "whatever happens to leads, the load is what a count would give, and the audit holds",
        arguments: [
            "UPDATE leads SET status = 'contacted'",
            "UPDATE leads SET status = 'converted'",
            "UPDATE leads SET status = 'converted' WHERE id = (SELECT min(id::text)::uuid FROM leads)",
            "UPDATE leads SET owner_id = NULL, pool = 'main'",
            "UPDATE leads SET owner_id = (SELECT max(agent_id::text)::uuid FROM rotation)",
            "UPDATE leads SET status = 'converted'; UPDATE leads SET status = 'open', owner_id = NULL, pool = 'main'",
            "UPDATE leads SET touches = 9",
            "DELETE FROM submissions; DELETE FROM decisions; DELETE FROM leads",
        ]
    )
    func kept(_ change: String) async throws {
        try await Office.open { office in
            for _ in 0..<3 { try await office.staff() }
            try await office.push(LoadTests.enquiry(1), LoadTests.enquiry(2))
            try await office.push(LoadTests.enquiry(3), LoadTests.enquiry(4), LoadTests.enquiry(5))
            #expect(try await office.load().values.reduce(0, +) == 5)
            try await office.change(change)
            let counted = try await office.leads().filter(\.status.isOpen).compactMap(\.ownerID)
            #expect(try await office.load() == Dictionary(counted.map { ($0, 1) }, uniquingKeysWith: +))
            let report = try await AuditLedger(spine: office.spine)()
            #expect(!report.breaches.contains { $0.law == "load-does-not-add-up" })
        }
    }

    @Test("a load that is not what a count would give is named")
    func audited() async throws {
        try await Office.open { office in
            let agent = try await office.staff()
            try await office.push(LoadTests.enquiry(1))
            try await office.change("UPDATE rotation SET load = 7")
            let report = try await AuditLedger(spine: office.spine)()
            #expect(report.breaches.first { $0.law == "load-does-not-add-up" }?.ids == [agent.description])
        }
    }

    @Test("the leads of somebody of whom Sales has not told yet are theirs once it has")
    func early() async throws {
        try await Office.open { office in
            try await office.staff()
            try await office.push(LoadTests.enquiry(1))
            let late = StaffID.new()
            try await office.change("UPDATE leads SET owner_id = '\(late)'")
            #expect(try await office.load() == [:])
            try await office.staff(late)
            #expect(try await office.load() == [late: 1])
        }
    }
}

extension Office {
    fileprivate func change(_ script: String) async throws {
        try await spine.perform(Cause(actor: "test")) { work in try await work.tx.script(script) }
    }

    /// What the rotation takes everybody's load to be, without those who have none.
    fileprivate func load() async throws -> [StaffID: Int] {
        try await spine.perform(Cause(actor: "test")) { work in
            try await RosterStore(work.tx).locked(at: work.now).roster.agents.mapValues(\.load).filter { $0.value != 0 }
        }
    }
}
