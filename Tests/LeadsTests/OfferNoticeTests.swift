import Contracts
import Foundation
import Messaging
import TestSupport
import Testing

@testable import Leads

@Suite("Telling of offers")
struct OfferNoticeTests {
    @Test(
        "members hear of every offer while most of its time is left, however short it is",
        arguments: [10, 20, 60, 240]
    )
    func short(_ seconds: Int) async throws {
        try await Office.open { office in
            try await office.staff()
            let offer = AssignmentRule("o", RuleTarget(.firstToClaim, pool: "shared", seconds: seconds))
            try await office.switchOn(RuleSet([offer]))
            let told = { try await office.spine.events(of: LeadsOffered.self).flatMap(\.offers).map(\.leads) }
            try await office.push(Office.enquiry("0", phone: "13900000000"))
            try await office.spine.fireTimers(office.app.timers)
            #expect(try await told() == [1])
            try await office.push(Office.enquiry("1", phone: "13900000001"))
            let arrived = try #require(try await office.leads().last).receivedAt
            try await office.spine.fireTimers(office.app.timers)
            let soon = arrived.addingTimeInterval(Double(seconds) / 3)
            try await office.spine.fireTimers(office.app.timers, now: soon)
            #expect(try await told().suffix(1) == [1], "not told in time")
            #expect(try await told().count == 2)
        }
    }
}
