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

    @Test("many holds end together; one that was renewed goes on, and ringing again ends nothing twice")
    func manyExpire() async throws {
        try await Agency.open { agency in
            let units = try await agency.units()
            let deal = try await agency.deal(with: try await agency.customer(of: "agent"), by: "agent")
            for (unit, minutes) in zip(units, [10, 10, 10, 10, 10, 90]) {
                _ = try await agency.acts("agent") { access, work in
                    try await agency.app.holdUnit(unit.id, for: deal.id, minutes: minutes, by: access, work)
                }
            }
            let now = agency.spine.clock.now.addingTimeInterval(1_200)
            // The clock of the last one rings too early, and one rings for a unit that there is not.
            let stranger = UnitID.new()
            try await agency.spine.perform(Cause(actor: "test")) { work in
                for id in [units[5].id, stranger] {
                    try await work.timers.set(UnitHold.timer, key: id, at: work.now, cause: work.cause)
                }
            }
            try await agency.spine.fireTimers(agency.app.timers, now: now)
            try await agency.spine.ringsAgain(UnitHold.timer, units.prefix(5).map(\.id), agency.app.timers)
            let released = try await agency.spine.events(of: UnitReleased.self)
            #expect(Set(released.map(\.unitID)) == Set(units.prefix(5).map(\.id)))
            #expect(released.count == 5)
            #expect(released.allSatisfy { $0.reason == "expired" && $0.dealID == deal.id })
            #expect(try await agency.units().map(\.state) == Array(repeating: .free, count: 5) + [.held])
            try await agency.spine.fireTimers(agency.app.timers, now: now.addingTimeInterval(7_200))
            #expect(try await agency.units().allSatisfy { $0.state == .free })
            // It is never given up, and harmed nobody.
            #expect(try await agency.spine.backlog().timers == 1)
        }
    }

    @Test("a hold that is given back while its clock runs out ends once")
    func releaseRace() async throws {
        try await Agency.open { agency in
            let units = try await agency.units()
            let deal = try await agency.deal(with: try await agency.customer(of: "agent"), by: "agent")
            for unit in units {
                _ = try await agency.acts("agent") { access, work in
                    try await agency.app.holdUnit(unit.id, for: deal.id, minutes: 10, by: access, work)
                }
            }
            try await agency.spine.advanceClock(bySeconds: 700)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for unit in units {
                    group.addTask {
                        // Whoever comes too late hears that the hold has ended.
                        do {
                            _ = try await agency.acts("agent") {
                                try await agency.app.endHolds.release(unit.id, by: $0, $1)
                            }
                        } catch let rejection as Rejection {
                            #expect(rejection.code == "unit-not-held")
                        }
                    }
                }
                for _ in 0..<2 { group.addTask { try await agency.spine.fireTimers(agency.app.timers) } }
                try await group.waitForAll()
            }
            try await agency.spine.fireTimers(agency.app.timers, now: agency.spine.clock.now.addingTimeInterval(60))
            let released = try await agency.spine.events(of: UnitReleased.self)
            #expect(released.map(\.unitID).sorted() == units.map(\.id).sorted())
            #expect(try await agency.spine.backlog().timers == 0)
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
