import Contracts
import Failures
import Foundation
import Policies
import TestSupport
import Testing
import Web

@testable import Notify

@Suite("when and how often people are sent what they did not ask for")
struct MarketingRuleTests {
    private static let rule = MarketingRule(zone: .shanghai, policy: Versioned(value: .standard, version: 7))

    private static func rule(
        _ zone: String,
        quiet: (from: Int, until: Int)? = (21 * 60, 9 * 60)
    ) throws -> MarketingRule {
        var policy = MarketingPolicy.standard
        policy.hasQuietHours = quiet != nil
        if let quiet { (policy.quietFrom, policy.quietUntil) = quiet }
        let zone = try #require(TimeZone(identifier: zone))
        return MarketingRule(zone: zone, policy: Versioned(value: policy, version: 7))
    }

    private static func at(_ text: String) throws -> Date {
        try #require(try? Date(text, strategy: .iso8601))
    }

    @Test(
        "from nine in the evening to nine in the morning it waits, by the office's clock",
        arguments: [
            ("2026-11-22T20:59:59+08:00", nil), ("2026-11-22T21:00:00+08:00", "2026-11-23T09:00:00+08:00"),
            ("2026-11-22T23:59:59+08:00", "2026-11-23T09:00:00+08:00"),
            ("2026-11-23T00:00:00+08:00", "2026-11-23T09:00:00+08:00"),
            ("2026-11-23T08:59:59+08:00", "2026-11-23T09:00:00+08:00"), ("2026-11-23T09:00:00+08:00", nil),
            ("2026-11-22T13:00:00Z", "2026-11-23T01:00:00Z"),
            ("2026-12-31T23:30:00+08:00", "2027-01-01T09:00:00+08:00"),
        ] as [(String, String?)]
    )
    func night(now: String, end: String?) throws {
        #expect(try Self.rule.quietUntil(at: Self.at(now)) == end.map { try Self.at($0) })
    }

    @Test("hours of one day, and a night in which the clock is changed")
    func zones() throws {
        let noon = try Self.rule("Asia/Shanghai", quiet: (12 * 60, 14 * 60))
        #expect(try noon.quietUntil(at: Self.at("2026-11-22T11:59:00+08:00")) == nil)
        #expect(try noon.quietUntil(at: Self.at("2026-11-22T12:30:00+08:00")) == Self.at("2026-11-22T14:00:00+08:00"))
        let berlin = try Self.rule("Europe/Berlin")
        #expect(try berlin.quietUntil(at: Self.at("2026-03-28T22:00:00+01:00")) == Self.at("2026-03-29T09:00:00+02:00"))
        #expect(try berlin.quietUntil(at: Self.at("2026-10-24T22:00:00+02:00")) == Self.at("2026-10-25T09:00:00+01:00"))
        let gap = try Self.rule("Europe/Berlin", quiet: (22 * 60, 2 * 60 + 30))
        let end = try #require(try gap.quietUntil(at: Self.at("2026-03-28T23:00:00+01:00")))
        #expect(try end == Self.at("2026-03-29T03:00:00+02:00"), "half past two does not exist that night")
        #expect(gap.quietUntil(at: end) == nil)
        let never = try Self.rule("Asia/Shanghai", quiet: nil)
        #expect(try never.quietUntil(at: Self.at("2026-11-22T23:00:00+08:00")) == nil)
    }

    @Test(
        "numbers that contradict each other are refused by name",
        arguments: [
            (["quietFrom": 540], "values/quietUntil"), (["perDay": 3], "values/perWeek"),
            (["quietFrom": 1_440], "values/quietFrom"), (["perDay": 0], "values/perDay"),
            (["expiresAfter": 0.5], "values/expiresAfter"), (["hasQuietHours": 0, "quietFrom": 540], nil),
        ] as [([String: Double], String?)]
    )
    func contradictions(wish: [String: Double], field: String?) throws {
        let policy = try #require(PolicyCatalogue.notify.all.first)
        do {
            _ = try policy.values(policy.standard, with: wish)
            #expect(field == nil)
        } catch let rejection as Rejection {
            #expect(rejection.field == field)
        }
    }

    @Test("a verdict names the policy, its version and the numbers that it went by; what is sent needs none")
    func why() {
        let held = Self.rule.why(.hold(until: Date(timeIntervalSince1970: 0)))
        #expect(held?.rule == "notify.marketing" && held?.version == 7)
        #expect(held?.inputs == ["quietFrom": "21:00", "quietUntil": "09:00"])
        #expect(Self.rule.why(.drop("cap-week", detail: "2/2"))?.inputs == ["sent": "2/2", "perWeek": "2"])
        #expect(Self.rule.why(.drop("expired", detail: nil))?.inputs == ["expiresAfter": "48"])
        #expect(Self.rule.why(.send) == nil)
    }

    /// On Wednesday, 25 November 2026, at ten.
    @Test(
        "one a day and two a week, from midnight and from Monday; the other half of the same does not count",
        arguments: [
            ([:], .send), (["a": "2026-11-25T09:30:00+08:00"], .drop("cap-day", detail: "1/1")),
            (["a": "2026-11-25T00:00:00+08:00"], .drop("cap-day", detail: "1/1")),
            (["a": "2026-11-24T23:59:59+08:00"], .send), (["own": "2026-11-25T09:59:00+08:00"], .send),
            (
                ["a": "2026-11-23T00:00:00+08:00", "b": "2026-11-24T12:00:00+08:00"],
                .drop("cap-week", detail: "2/2")
            ),
            (["a": "2026-11-22T23:59:59+08:00", "b": "2026-11-24T12:00:00+08:00"], .send),
            (
                [
                    "a": "2026-11-23T12:00:00+08:00", "b": "2026-11-25T09:10:00+08:00",
                    "own": "2026-11-25T09:59:00+08:00",
                ],
                .drop("cap-week", detail: "2/2")
            ),
        ] as [([String: String], MarketingRule.Verdict)]
    )
    func caps(sent: [String: String], verdict: MarketingRule.Verdict) throws {
        let now = try Self.at("2026-11-25T10:00:00+08:00")
        let times = try sent.mapValues { try Self.at($0) }
        #expect(Self.rule.verdict(writtenAt: now, sending: "own", sent: times, at: now) == verdict)
    }

    @Test("what is too old is not sent, and what would be too old in the morning does not wait")
    func expiry() throws {
        let written = try Self.at("2026-11-23T08:00:00+08:00")
        func verdict(_ now: String) throws -> MarketingRule.Verdict {
            Self.rule.verdict(writtenAt: written, sending: "own", sent: [:], at: try Self.at(now))
        }
        #expect(try verdict("2026-11-23T08:30:00+08:00") == .hold(until: Self.at("2026-11-23T09:00:00+08:00")))
        #expect(try verdict("2026-11-24T20:00:00+08:00") == .send)
        #expect(try verdict("2026-11-24T21:00:00+08:00") == .drop("expired", detail: nil))
        #expect(try verdict("2026-11-25T08:00:00+08:00") == .drop("expired", detail: nil))
    }
}
