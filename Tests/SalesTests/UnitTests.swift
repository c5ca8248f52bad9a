import Contracts
import Failures
import Foundation
import Messaging
import TestSupport
import Testing

@testable import Sales

@Suite struct UnitTests {
    @Test("of fifty holds at once one succeeds, and the others hear who has it")
    func race() async throws {
        try await Agency.open { agency in
            let unit = try await agency.firstUnit()
            var deals: [DealID] = []
            for number in 0..<5 {
                let uid = try await agency.customer(of: "agent", name: "客\(number)", phone: "+861381234000\(number)")
                deals.append(try await agency.deal(with: uid, by: "agent").id)
            }
            let asked = deals
            let outcomes = await withTaskGroup(of: String.self) { group in
                for number in 0..<50 {
                    group.addTask {
                        do {
                            _ = try await agency.acts("agent") { access, work in
                                try await agency.app.holdUnit(
                                    unit.id,
                                    for: asked[number % 5],
                                    minutes: 60,
                                    by: access,
                                    work
                                )
                            }
                            return "held"
                        } catch let rejection as Rejection {
                            return rejection.message.contains("林晓峰") ? rejection.code : rejection.message
                        } catch {
                            return "\(error)"
                        }
                    }
                }
                return await group.reduce(into: [String: Int]()) { $0[$1, default: 0] += 1 }
            }
            #expect(outcomes == ["held": 1, "unit-held": 49])
            #expect(try await agency.spine.events(of: UnitHeld.self).count == 1)
        }
    }

    @Test("a hold expires once, by its timer, and the unit is free for others")
    func expiry() async throws {
        try await Agency.open { agency in
            let unit = try await agency.firstUnit()
            let uid = try await agency.customer(of: "agent")
            let deal = try await agency.deal(with: uid, by: "agent")
            let hold = try await agency.acts("agent") { access, work in
                try await agency.app.holdUnit(unit.id, for: deal.id, minutes: nil, by: access, work)
            }
            #expect(abs(hold.expiresAt.timeIntervalSince(agency.spine.clock.now) - 48 * 3_600) < 60)
            try await agency.spine.fireTimers(agency.app.timers, now: hold.expiresAt.addingTimeInterval(-120))
            #expect(try await agency.spine.events(of: UnitReleased.self).isEmpty)
            try await agency.spine.fireTimers(agency.app.timers, now: hold.expiresAt.addingTimeInterval(1))
            try await agency.spine.fireTimers(agency.app.timers, now: hold.expiresAt.addingTimeInterval(2))
            #expect(try await agency.spine.events(of: UnitReleased.self).map(\.reason) == ["expired"])
            #expect(try await agency.firstUnit().state == .free)
            _ = try await agency.acts("agent") { access, work in
                try await agency.app.holdUnit(unit.id, for: deal.id, minutes: 5, by: access, work)
            }
        }
    }

    @Test("a released unit is free, and its timer does not fire any more")
    func release() async throws {
        try await Agency.open { agency in
            let unit = try await agency.firstUnit()
            let deal = try await agency.deal(with: try await agency.customer(of: "agent"), by: "agent")
            _ = try await agency.acts("agent") { access, work in
                try await agency.app.holdUnit(unit.id, for: deal.id, minutes: 10, by: access, work)
            }
            await #expect(throws: Rejection.self) {
                try await agency.acts("other") { try await agency.app.endHolds.release(unit.id, by: $0, $1) }
            }
            _ = try await agency.acts("manager") { try await agency.app.endHolds.release(unit.id, by: $0, $1) }
            let later = agency.spine.clock.now.addingTimeInterval(3_600)
            #expect(try await agency.spine.fireTimers(agency.app.timers, now: later) == 0)
            #expect(try await agency.spine.events(of: UnitReleased.self).map(\.reason) == ["released"])
        }
    }
}
