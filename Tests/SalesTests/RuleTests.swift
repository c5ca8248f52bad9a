import Contracts
import Failures
import Foundation
import Testing

@testable import Sales

@Suite struct RuleTests {
    @Test("each wrong password after the fourth costs twice as long, up to a quarter of an hour, and is forgotten")
    func throttle() {
        let now = Date(timeIntervalSince1970: 1_800_000_000)
        func wait(_ person: Int, _ place: Int = 0) -> Int? {
            let attempts = Array(repeating: now, count: max(person, place))
            return SignInThrottle.wait(person: Array(attempts.prefix(person)), place: attempts, now: now)
        }
        #expect([4, 5, 6, 7, 12, 13, 40].map { wait($0) } == [nil, 5, 10, 20, 640, 900, 900])
        let old = Array(repeating: now.addingTimeInterval(-3_601), count: 20)
        #expect(SignInThrottle.wait(person: old, place: old, now: now) == nil)
        #expect(SignInThrottle.wait(person: old, place: old, now: now.addingTimeInterval(-3_595)) == 894)
    }

    @Test("guessing at many people from one place costs there too, but not for somebody nobody has tried")
    func throttledPlace() {
        let now = Date(timeIntervalSince1970: 1_800_000_000)
        let many = Array(repeating: now, count: 52)
        #expect(SignInThrottle.wait(person: [now], place: many, now: now) == 10)
        #expect(SignInThrottle.wait(person: [], place: many, now: now) == nil)
    }

    @Test("what is due soon after midnight is on the list of the evening before")
    func evening() throws {
        let shanghai = try #require(TimeZone(identifier: "Asia/Shanghai"))
        func until(_ now: String) throws -> Date {
            TodayRoutes.evening(of: try Date(now, strategy: .iso8601), in: shanghai)
        }
        let midnight = try Date("2026-11-23T00:00:00+08:00", strategy: .iso8601)
        #expect(try until("2026-11-22T00:00:00+08:00") == midnight)
        #expect(try until("2026-11-22T09:30:00+08:00") == midnight)
        #expect(try until("2026-11-22T23:58:00+08:00") == midnight.addingTimeInterval(58 * 60))
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
