import Contracts
import Failures
import Foundation
import Messaging
import TestSupport
import Testing

@testable import Sales

@Suite struct DealTests {
    @Test("a deal keeps when it entered and left each stage")
    func history() async throws {
        try await Agency.open { agency in
            let deal = try await agency.deal(with: try await agency.customer(of: "agent"), by: "agent")
            for stage in ["need-confirmed", "plan-made", "first-talk"] {
                _ = try await agency.acts("agent") { try await agency.app.moveDeal(deal.id, to: stage, by: $0, $1) }
            }
            let steps = try await agency.spine.read { try await DealListStore($0).history(deal.id) }
            #expect(steps.map(\.stage) == ["first-talk", "need-confirmed", "plan-made", "first-talk"])
            #expect(steps.map { $0.leftAt == nil } == [false, false, false, true])
            let told = try await agency.spine.events(of: DealStageChanged.self)
            #expect(told.map(\.probability) == [25, 50, 10])
        }
    }

    @Test("a signed contract wins the deal, sells the unit and ends its hold; it cannot be recorded twice")
    func contract() async throws {
        try await Agency.open { agency in
            let unit = try await agency.firstUnit()
            let uid = try await agency.customer(of: "agent")
            let deal = try await agency.deal(with: uid, by: "agent")
            let record = ContractRecord(price: Money(minor: 518_000_000))
            let sign: @Sendable () async throws -> SaleContract = {
                try await agency.acts("agent") { try await agency.app.signContract(record, for: deal.id, by: $0, $1) }
            }
            let early = await #expect(throws: Rejection.self) { try await sign() }
            #expect(early?.code == "unit-not-held")
            _ = try await agency.acts("agent") { access, work in
                try await agency.app.holdUnit(unit.id, for: deal.id, minutes: 10, by: access, work)
            }
            let worth = { try await agency.spine.read { try await DealStore($0).deals(of: uid).first?.expected } }
            #expect(try await worth() == unit.price, "nothing was said, so the unit's price is expected")
            let contract = try await sign()
            #expect(contract.number.hasPrefix("RP-"))
            #expect(try await worth() == record.price)
            let twice = await #expect(throws: Rejection.self) { try await sign() }
            #expect(twice?.code == "deal-closed")
            #expect(try await agency.firstUnit().state == .signed)
            #expect(try await agency.spine.events(of: DealWon.self).map(\.contractID) == [contract.id])
            let told = try await agency.spine.events(of: ContractSigned.self)
            #expect(told.map(\.customer.phones) == [["+8613812345678"]])
            #expect(
                try await agency.spine.fireTimers(
                    agency.app.timers,
                    now: agency.spine.clock.now.addingTimeInterval(86_400)
                ) == 0
            )
            let other = try await agency.deal(with: uid, by: "agent")
            let sold = await #expect(throws: Rejection.self) {
                try await agency.acts("agent") { access, work in
                    try await agency.app.holdUnit(unit.id, for: other.id, minutes: 10, by: access, work)
                }
            }
            #expect(sold?.code == "unit-signed")
        }
    }

    @Test("a lost deal needs a known reason and gives back what it held")
    func lost() async throws {
        try await Agency.open { agency in
            let unit = try await agency.firstUnit()
            let deal = try await agency.deal(with: try await agency.customer(of: "agent"), by: "agent")
            _ = try await agency.acts("agent") { access, work in
                try await agency.app.holdUnit(unit.id, for: deal.id, minutes: 10, by: access, work)
            }
            await #expect(throws: Rejection.self) {
                try await agency.acts("agent") {
                    try await agency.app.loseDeal(deal.id, reason: "moon", note: nil, by: $0, $1)
                }
            }
            let lost = try await agency.acts("agent") {
                try await agency.app.loseDeal(deal.id, reason: "price", note: "超预算", by: $0, $1)
            }
            #expect(lost.stage == .lost)
            #expect(try await agency.spine.events(of: UnitReleased.self).map(\.reason) == ["deal-lost"])
            #expect(try await agency.spine.events(of: DealLost.self).map(\.reason) == ["price"])
        }
    }

    @Test("others' deals are not there for an agent, and there for the manager")
    func scope() async throws {
        try await Agency.open { agency in
            let deal = try await agency.deal(with: try await agency.customer(of: "agent"), by: "agent")
            for (name, isSeen) in [
                ("agent", true), ("second", false), ("manager", true), ("other", false), ("head", true),
                ("service", false),
            ] {
                let access = try agency.access(name)
                let seen = try await agency.spine.read { tx in
                    try await DealListStore(tx).list(stages: Deal.Stage.allCases, for: access).map(\.deal.id)
                }
                #expect(seen == (isSeen ? [deal.id] : []), "\(name)")
            }
            let refused = await #expect(throws: Rejection.self) {
                try await agency.acts("second") {
                    try await agency.app.moveDeal(deal.id, to: "need-confirmed", by: $0, $1)
                }
            }
            #expect(refused?.kind == .notFound)
        }
    }
}
