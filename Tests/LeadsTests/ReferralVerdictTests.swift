import Contracts
import Foundation
import TestSupport
import Testing

@testable import Leads

@Suite("What becomes of a reward")
struct ReferralVerdictTests {
    private static let start = Date(timeIntervalSince1970: 1_800_000_000)
    private static let friend = UID.new()
    private static let newcomer = UID.new()
    private static let deal = DealID.new()

    /// One case of the table.
    struct Case: Sendable, CustomStringConvertible {
        var description: String
        var objection: Referral.Objection?
        var wasEarned = false
        var wasPaid = false
        var isSame = false
        var isGone = false
        var isFirst = true
        /// Days after it arrived.
        var wonAfter: Double?
        var day = 1.0
        let state: Referral.State
        let rule: String
    }

    private static let table = [
        Case(description: "a lead", state: .pending, rule: "arrived"),
        Case(description: "a won deal", wonAfter: 3, state: .earned, rule: "won"),
        Case(description: "a paid one", wasEarned: true, wasPaid: true, wonAfter: 3, state: .paid, rule: "paid"),
        Case(description: "one undone", wasEarned: true, state: .reversed, rule: "deal-undone"),
        Case(
            description: "one undone when paid",
            wasEarned: true,
            wasPaid: true,
            state: .reversed,
            rule: "deal-undone"
        ),
        Case(description: "nothing in time", day: 11, state: .expired, rule: "expired"),
        Case(description: "won too late", wonAfter: 10, day: 11, state: .expired, rule: "expired"),
        Case(description: "won in time and seen late", wonAfter: 9, day: 50, state: .earned, rule: "won"),
        Case(description: "oneself", isSame: true, state: .blocked, rule: "same-person"),
        Case(description: "oneself, won", isSame: true, wonAfter: 3, state: .blocked, rule: "same-person"),
        Case(
            description: "found out to be oneself",
            wasEarned: true,
            isSame: true,
            wonAfter: 3,
            state: .reversed,
            rule: "same-person"
        ),
        Case(description: "a second friend", isFirst: false, wonAfter: 3, state: .blocked, rule: "somebody-else-first"),
        Case(description: "a forgotten friend", isGone: true, state: .blocked, rule: "referrer-forgotten"),
        Case(description: "no such code", objection: .unknownCode, wonAfter: 3, state: .blocked, rule: "unknown-code"),
        Case(description: "known before", objection: .knownAlready, state: .blocked, rule: "known-already"),
        Case(description: "named late", objection: .tooLate, state: .blocked, rule: "too-late"),
    ]

    private static func referral(_ one: Case, id: ReferralID = .new(), arrived: Double = 0) -> Referral {
        let arrivedAt = start.addingTimeInterval(arrived)
        return Referral(
            id: id,
            leadID: .new(),
            code: "R-ABCDEF",
            referrer: friend,
            referred: newcomer,
            state: .blocked,
            objection: one.objection,
            why: Why(rule: "test", version: 1),
            rewards: [],
            policyVersion: 1,
            arrivedAt: arrivedAt,
            expiresAt: arrivedAt.addingTimeInterval(10 * 86_400),
            dealID: nil,
            earnedAt: one.wasEarned ? start : nil,
            paidAt: one.wasPaid ? start : nil,
            paidBy: one.wasPaid ? "staff" : nil,
            reference: nil
        )
    }

    private static func facts(_ one: Case) -> ReferralFacts {
        ReferralFacts(
            referrer: friend,
            referred: one.isSame ? friend : newcomer,
            isReferrerGone: one.isGone,
            won: one.wonAfter.map { .init(dealID: deal, at: start.addingTimeInterval($0 * 86_400)) }
        )
    }

    @Test("follows from what is known", arguments: table)
    func verdict(_ one: Case) {
        let now = Self.start.addingTimeInterval(one.day * 86_400)
        let verdict = ReferralVerdict(Self.referral(one), Self.facts(one), isFirst: one.isFirst, now: now)
        #expect(verdict.state == one.state)
        #expect(verdict.why.rule == "referral.\(one.rule)")
        #expect(verdict.why.otherwise != nil)
    }

    @Test(
        "of several who recommended us to somebody the first that counts has the reward, in whatever order they are read"
    )
    func first() {
        let won = Case(description: "", wonAfter: 3, state: .earned, rule: "won")
        let known = Case(description: "", objection: .unknownCode, wonAfter: 3, state: .blocked, rule: "unknown-code")
        let same = Case(description: "", isSame: true, wonAfter: 3, state: .blocked, rule: "same-person")
        let cases = [(known, 1.0), (same, 2.0), (won, 3.0), (won, 4.0)]
        let all = cases.map { (Self.referral($0.0, arrived: $0.1), Self.facts($0.0)) }
        for seed in UInt64(1)...10 {
            var random = Seeded(seed)
            let verdicts = ReferralVerdict.all(all.shuffled(using: &random), now: Self.start)
            #expect(all.map { verdicts[$0.0.id]?.state } == [.blocked, .blocked, .earned, .blocked])
        }
    }

    @Test(
        "a code is read as people write it",
        arguments: [
            ("R-7F3KQ2", "R-7F3KQ2"), (" r-7f3kq2 ", "R-7F3KQ2"), ("r7f3k", "R-7F3K"), ("13812345678", nil),
            ("张三", nil),
            ("", nil), ("R-", nil), ("R-7F3KQ2; DROP", nil),
        ] as [(String, String?)]
    )
    func code(_ written: String, _ read: String?) {
        #expect(ReferralCode(written)?.text == read)
    }

    @Test("codes that are made can be read again")
    func made() {
        for _ in 0..<50 {
            let code = ReferralCode.random()
            #expect(ReferralCode(code.text.lowercased()) == code)
        }
    }
}
