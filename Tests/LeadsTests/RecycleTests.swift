import Contracts
import Foundation
import Messaging
import Policies
import TestSupport
import Testing

@testable import Leads

@Suite("Days that a lead may be left alone")
struct RecycleTests {
    private static let day = 86_400.0

    private func allow(_ owner: Int, _ manager: Int, _ pool: Int, from version: Int, _ office: Office) async throws {
        let values = ["warnOwner": Double(owner), "warnManager": Double(manager), "toPool": Double(pool)]
        try await office.spine.perform(Cause(actor: "test")) { work in
            let wish = PolicyWish(version: version, values: values)
            try await office.app.changePolicy(RecyclePolicy.name, wish, work)
        }
    }

    private func steps(_ office: Office) async throws -> [String] {
        try await office.spine.events(of: LeadIdle.self).map(\.step)
    }

    @Test("a policy that allows more days now warns nobody twice: the next step comes later", arguments: [9, 20])
    func raised(_ warnOwner: Int) async throws {
        try await Office.open { office in
            let agent = try await office.staff()
            try await office.push(Office.enquiry("1"))
            let lead = try #require(try await office.leads().first)
            let call = ContactLogged.reached(lead.uid, lead.id, by: agent)
            try await office.hear(call, about: call.contactID, uid: lead.uid)
            let start = call.contactedAt
            func pass(to days: Double) async throws {
                let later = start.addingTimeInterval(days * Self.day)
                try await office.spine.fireTimers(office.app.timers, now: later)
            }
            try await pass(to: 8)
            #expect(try await steps(office) == ["owner"])
            try await allow(warnOwner, 30, 40, from: 1, office)
            // The manager would have been told by the tenth.
            try await pass(to: 10.1)
            try await pass(to: 29)
            #expect(try await steps(office) == ["owner"])
            try await pass(to: 30.1)
            #expect(try await steps(office) == ["owner", "manager"])
            try await allow(50, 55, 60, from: 2, office)
            try await pass(to: 40.1)
            try await pass(to: 59)
            #expect(try await steps(office) == ["owner", "manager"])
            try await pass(to: 60.1)
            #expect(try await steps(office) == ["owner", "manager", "pool"])
        }
    }

    @Test("who is called after the warning is warned anew, whatever was allowed meanwhile")
    func calledAfterwards() async throws {
        try await Office.open { office in
            let agent = try await office.staff()
            try await office.push(Office.enquiry("1"))
            let lead = try #require(try await office.leads().first)
            func calls() async throws {
                var call = ContactLogged.reached(lead.uid, lead.id, by: agent)
                call.contactedAt = office.spine.clock.now
                try await office.hear(call, about: call.contactID, uid: lead.uid)
            }
            try await calls()
            let start = office.spine.clock.now
            try await office.spine.fireTimers(office.app.timers, now: start.addingTimeInterval(8 * Self.day))
            try await allow(20, 30, 40, from: 1, office)
            try await calls()
            try await office.spine.fireTimers(office.app.timers, now: start.addingTimeInterval(27 * Self.day))
            #expect(try await steps(office) == ["owner"])
            try await office.spine.fireTimers(office.app.timers, now: start.addingTimeInterval(28.1 * Self.day))
            #expect(try await steps(office) == ["owner", "owner"])
        }
    }
}
