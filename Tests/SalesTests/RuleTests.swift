import Contracts
import Failures
import Foundation
import Testing

@testable import Sales

@Suite struct RuleTests {
    private struct Thing: Owned {
        var ownerID: StaffID?
        var teamID: TeamID?
        var isWithService = false
    }

    private let me = StaffID.new()
    private let team = TeamID.new()

    @Test("an agent sees his own, a manager the team's, the desk what it serves, the others all")
    func reach() {
        let mine = Thing(ownerID: me, teamID: team)
        let colleagues = Thing(ownerID: .new(), teamID: team)
        let served = Thing(ownerID: .new(), teamID: .new(), isWithService: true)
        let seen: [StaffRole: [Bool]] = [
            .agent: [true, false, false], .manager: [true, true, false], .service: [false, false, true],
            .supervisor: [false, false, true], .head: [true, true, true], .marketing: [true, true, true],
            .clerk: [true, true, true], .admin: [true, true, true],
        ]
        for (role, expected) in seen {
            let access = Access(staffID: role == .agent || role == .manager ? me : .new(), role: role, teamID: team)
            #expect([mine, colleagues, served].map(access.sees) == expected, "\(role)")
        }
    }

    @Test("only the owner, the team's manager, the head and the administrator may act")
    func acting() {
        let record = Thing(ownerID: me, teamID: team)
        #expect(Access(staffID: me, role: .agent, teamID: team).mayAct(on: record))
        #expect(!Access(staffID: .new(), role: .agent, teamID: team).mayAct(on: record))
        #expect(Access(staffID: .new(), role: .manager, teamID: team).mayAct(on: record))
        #expect(!Access(staffID: .new(), role: .manager, teamID: .new()).mayAct(on: record))
        #expect(Access(staffID: .new(), role: .admin, teamID: nil).mayAct(on: record))
        #expect(!Access(staffID: .new(), role: .marketing, teamID: nil).mayAct(on: record))
    }

    @Test("a manager without a team sees no unassigned customers as the team's")
    func managerWithoutTeam() {
        let pooled = Thing(ownerID: nil, teamID: nil)
        let manager = Access(staffID: me, role: .manager, teamID: nil)
        #expect(!manager.sees(pooled))
        #expect(!manager.mayAct(on: pooled))
        #expect(!manager.isResponsible(for: pooled))
    }

    @Test("the sixth attempt within a quarter of an hour waits until the first is forgotten")
    func throttle() {
        let now = Date(timeIntervalSince1970: 1_800_000_000)
        let attempts = (0..<5).map { now.addingTimeInterval(Double($0) * -60) }
        #expect(SignInThrottle.wait(after: Array(attempts.prefix(4)), now: now) == nil)
        #expect(SignInThrottle.wait(after: attempts, now: now) == 900 - 240)
        #expect(SignInThrottle.wait(after: attempts, now: now.addingTimeInterval(661)) == nil)
    }

    @Test(
        "money is read as people write it",
        arguments: [("4200000", Int64(420_000_000)), ("4,200,000.5", 420_000_050), ("0.07", 7), (" 1 000", 100_000)]
    )
    func yuan(text: String, minor: Int64) throws {
        #expect(try Money(yuan: text, field: "price").minor == minor)
    }

    @Test("what is no amount is refused", arguments: ["", "12万", "-5", "1.234", "1e9", "9999999999999"])
    func noAmount(text: String) {
        #expect(throws: Rejection.self) { try Money(yuan: text, field: "price") }
    }

    @Test(
        "a hold lasts from a minute to fourteen days",
        arguments: [(0, false), (1, true), (20_160, true), (20_161, false)]
    )
    func holdLength(minutes: Int, isAllowed: Bool) {
        let expiry = try? UnitHold.expiry(minutes: minutes, from: .now)
        #expect((expiry != nil) == isAllowed)
    }

    @Test("a contract is numbered by the project's initials, the year and a count")
    func contractNumber() {
        let signedAt = Date(timeIntervalSince1970: 1_795_316_645)
        #expect(SaleContract.number(project: "river-park", signedAt: signedAt, count: 42) == "RP-2026-0042")
        #expect(SaleContract.number(project: "one", signedAt: signedAt, count: 12_345) == "O-2026-12345")
    }

    @Test(
        "a search is taken for a number when it is one",
        arguments: [("5678", "5678"), ("138 1234-5678", "13812345678"), ("12", nil), ("张三", nil), ("1-0101a", nil)]
            as [(String, String?)]
    )
    func digits(text: String, expected: String?) {
        #expect(CustomerQuery.digits(of: text) == expected)
    }
}
