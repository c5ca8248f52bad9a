import Contracts
import Failures
import Foundation
import Messaging
import Policies
import Postgres
import TestSupport
import Testing

@testable import Leads

@Suite("Referrals")
struct ReferralTests {
    @Test(
        "a lead that names a code is its owner's, once, however often it comes; the signed deal earns the reward, and it is paid"
    )
    func story() async throws {
        try await Office.open { office in
            try await office.staff()
            let friend = try await office.friend()
            let lead = try await office.recommended(friend.code.lowercased())
            try await office.recommended(friend.code)
            try await office.spine.ringsAgain(SettleReferrals.timerKind, [UUID.v7().wire], office.app.timers)
            let pending = try #require(try await office.referral(of: lead))
            #expect(pending.state == .pending)
            #expect(pending.referrer == friend.uid)
            #expect(pending.rewards == [Reward(kind: "fee-months", amount: 24)])
            let deal = DealID.new()
            try await office.opens(lead, deal)
            await #expect(throws: Rejection.self) { try await office.pay(lead) }
            try await office.wins(lead, deal)
            #expect(try await office.referral(of: lead)?.state == .earned)
            try await office.pay(lead)
            await #expect(throws: Rejection.self) { try await office.pay(lead) }
            let paid = try #require(try await office.referral(of: lead))
            #expect(paid.state == .paid)
            #expect(paid.dealID == deal)
            #expect(paid.reference == "FB-1")
            try await office.loses(lead, deal)
            #expect(try await office.referral(of: lead)?.why.rule == "referral.deal-undone")
            try await office.wins(lead, deal, sequence: 5)
            #expect(try await office.told() == ["pending", "earned", "paid", "reversed", "paid"])
            let told = try await office.spine.events(of: ReferralChanged.self)
            #expect(told.allSatisfy { $0.referrerUID == friend.uid && $0.referredUID == lead.uid })
            #expect(told.map(\.previousState) == [nil, "pending", "earned", "paid", "reversed"])
        }
    }

    @Test("whoever has bought has a code to pass on, once; whoever is unknown or was forgotten has none")
    func buyers() async throws {
        try await Office.open { office in
            try await office.staff()
            try await office.push(Office.enquiry("1"))
            let lead = try #require(try await office.leads().first)
            let codes: SQL = "SELECT count(*) AS count FROM referral_codes"
            #expect(try await office.count(codes) == 0)
            try await office.wins(lead, .new())
            try await office.wins(lead, .new())
            #expect(try await office.count(codes) == 1)
            try await office.erase(lead.uid)
            try await office.wins(lead, .new())
            #expect(try await office.count(codes) == 0)
            let stranger = DealWon(
                dealID: .new(),
                uid: .new(),
                ownerID: .new(),
                contractID: .new(),
                price: Money(minor: 1)
            )
            try await office.hear(stranger, about: stranger.dealID, uid: stranger.uid)
            #expect(try await office.count(codes) == 0)
        }
    }

    @Test(
        "what comes in another order comes out the same: won before anybody knew of the code, taken back before it was won"
    )
    func order() async throws {
        try await Office.open { office in
            try await office.staff()
            let friend = try await office.friend()
            try await office.push(
                Office.enquiry("new", phone: "13800000001", more: #", "referrer": {"code": "\#(friend.code)"}"#)
            )
            let lead = try #require(try await office.leads().last)
            let deal = DealID.new()
            try await office.wins(lead, deal)
            #expect(try await office.referral(of: lead) == nil)
            try await office.attribute()
            #expect(try await office.referral(of: lead)?.state == .earned)

            let other = try await office.recommended(friend.code, "other", phone: "13800000002")
            let late = DealID.new()
            try await office.loses(other, late, sequence: 3)
            try await office.wins(other, late, sequence: 2)
            try await office.opens(other, late, sequence: 1)
            #expect(try await office.referral(of: other)?.state == .pending)
            try await office.reopens(other, late, sequence: 4)
            #expect(try await office.referral(of: other)?.state == .pending)
            try await office.wins(other, late, sequence: 5)
            #expect(try await office.referral(of: other)?.state == .earned)
            try await office.reopens(other, late, sequence: 6)
            #expect(try await office.referral(of: other)?.state == .reversed)
        }
    }

    @Test(
        "who recommends themselves gets nothing; that is so too when it comes out later, and is taken back with the merge"
    )
    func sameFriend() async throws {
        try await Office.open { office in
            try await office.staff()
            let friend = try await office.friend()
            // Old friends are not new; but it is not that which counts here.
            try await office.policy(["knownDays": 0])
            let own = try await office.recommended(friend.code, "own", phone: "13900000001")
            #expect(try await office.referral(of: own)?.why.rule == "referral.same-person")

            let lead = try await office.recommended(friend.code, "second", phone: "13800000002")
            try await office.wins(lead, .new())
            #expect(try await office.referral(of: lead)?.state == .earned)
            let merge = try await office.merge(lead.uid, into: friend.uid)
            let merged = try #require(try await office.referral(of: lead))
            #expect(merged.state == .reversed)
            #expect(merged.why.rule == "referral.same-person")
            try await office.unmerge(merge.id)
            #expect(try await office.referral(of: lead)?.state == .earned)

            let third = try await office.recommended(friend.code, "third", phone: "13800000003")
            try await office.merge(friend.uid, into: third.uid)
            #expect(try await office.referral(of: third)?.state == .blocked)
        }
    }

    @Test("two people with a referral each who turn out to be one bring one reward: the first one's")
    func oneReward() async throws {
        try await Office.open { office in
            try await office.staff()
            let one = try await office.friend("13900000001")
            let two = try await office.friend("13900000002")
            let first = try await office.recommended(one.code, "1", phone: "13800000001")
            let second = try await office.recommended(two.code, "2", phone: "13800000002")
            let merge = try await office.merge(first.uid, into: second.uid)
            try await office.wins(second, .new())
            #expect(try await office.referral(of: first)?.state == .earned)
            #expect(try await office.referral(of: second)?.why.rule == "referral.somebody-else-first")
            try await office.unmerge(merge.id)
            #expect(try await office.referral(of: first)?.state == .reversed)
            #expect(try await office.referral(of: second)?.state == .earned)
        }
    }

    @Test(
        "the first who is named has it; a code that nobody has does not use that up, and is not kept where it is a number"
    )
    func firstTouch() async throws {
        try await Office.open { office in
            try await office.staff()
            let one = try await office.friend("13900000001")
            let two = try await office.friend("13900000002")
            let lead = try await office.recommended("13811112222", "1")
            let unknown = try #require(try await office.referral(of: lead))
            #expect(unknown.why.rule == "referral.unknown-code")
            #expect(unknown.code == "–")
            try await office.recommended(one.code, "2")
            try await office.recommended(two.code, "3")
            let known = try #require(try await office.referral(of: lead))
            #expect(known.referrer == one.uid)
            #expect(known.state == .pending)
            #expect(try await office.count("SELECT count(*) AS count FROM referrals") == 1)
        }
    }

    @Test("somebody who was in touch with us before is not new, and a code that is named late does not count")
    func notNew() {
        let now = Date(timeIntervalSince1970: 1_800_000_000)
        let day = 86_400.0
        let policy = ReferralPolicy.standard
        func objection(named: Double, before: Double?, owner: Bool = true) -> Referral.Objection? {
            AttributeReferral.objection(
                to: NamedCode("R-ABCDE", lead: .new(), uid: .new(), at: now.addingTimeInterval(named * day)),
                hasOwner: owner,
                now,
                knownSince: before.map { now.addingTimeInterval(-$0 * day) },
                policy
            )
        }
        #expect(objection(named: 0, before: nil) == nil)
        #expect(objection(named: 7, before: nil) == nil)
        #expect(objection(named: 7.1, before: nil) == .tooLate)
        #expect(objection(named: 0, before: 179) == .knownAlready)
        #expect(objection(named: 0, before: 181) == nil)
        #expect(objection(named: 0, before: nil, owner: false) == .unknownCode)
    }

    @Test("what is not won in time expires, once, and a late deal earns nothing")
    func expiry() async throws {
        try await Office.open { office in
            try await office.staff()
            let friend = try await office.friend()
            let lead = try await office.recommended(friend.code)
            let later = Date().addingTimeInterval(366 * 86_400)
            let timers = office.app.timers.filter { $0.kind == SettleReferrals.timerKind }
            try await office.spine.fireTimers(timers, now: later)
            let id = try #require(try await office.referral(of: lead)).id
            try await office.spine.ringsAgain(SettleReferrals.timerKind, [id], timers)
            #expect(try await office.told() == ["pending", "expired"])
        }
    }

    @Test(
        "after erasure the code is nobody's, what was owed is not, and all that is held of somebody names their referrals"
    )
    func erased() async throws {
        try await Office.open { office in
            try await office.staff()
            let friend = try await office.friend()
            let lead = try await office.recommended(friend.code)
            try await office.wins(lead, .new())
            try await office.pay(lead, "慕容复 6222")
            let staff = StaffID.new()
            let dossier = try await office.spine.perform(.staff(staff)) { work in
                try await office.app.exportPerson(friend.uid, by: staff, work)
            }
            #expect(dossier.referralCodes == [friend.code])
            #expect(dossier.referrals.map(\.state) == ["paid"])
            try await office.erase(friend.uid)
            let left = try await office.places(of: friend.code)
            // What others wrote themselves is theirs; the code in it leads to nobody any more.
            #expect(left == ["submissions.body"])
            let named = try await office.places(of: "慕容复 6222")
            #expect(named == [])
            #expect(try await office.referral(of: lead)?.why.rule == "referral.referrer-forgotten")
            let late = try await office.recommended(friend.code, "late", phone: "13800000009")
            #expect(try await office.referral(of: late)?.why.rule == "referral.unknown-code")
        }
    }
}

extension Office {
    /// The policy of referrals is changed.
    func policy(_ values: [String: Double]) async throws {
        try await spine.perform(.staff(.new())) { work in
            let store = PolicyStore(work.tx)
            let present = try await store.current(ReferralPolicy.self)
            let entry = PolicyStore.Entry(
                policy: ReferralPolicy.name,
                version: present.version + 1,
                values: present.value.values.merging(values) { $1 },
                changedBy: "test",
                changedAt: work.now,
                note: nil
            )
            try await store.add(entry)
        }
    }
}
