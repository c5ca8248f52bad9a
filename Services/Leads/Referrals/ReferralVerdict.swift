import Contracts
import Foundation

/// What is known around a referral at one moment.
struct ReferralFacts: Sendable, Equatable {
    /// Who they are now.
    var referrer: UID?
    var referred: UID
    /// Whoever recommended us was forgotten on request.
    var isReferrerGone = false
    /// The first deal that the referred person has won since, if it stands.
    var won: Won?

    struct Won: Sendable, Equatable {
        let dealID: DealID
        let at: Date
    }
}

/// Says in which state a referral is.
///
/// It follows from what is known now and from whether it was ever owed or paid, not from the order in which that became
/// known: so a deal that is taken back and signed again, or two people who are joined and parted again, come out right.
struct ReferralVerdict: Sendable, Equatable {
    let state: Referral.State
    let why: Why

    private init(_ state: Referral.State, _ rule: String, _ referral: Referral, _ inputs: [String: String?] = [:]) {
        self.state = state
        let common: [String: String?] = ["policy": "\(referral.policyVersion)"]
        why = Why(
            rule: "referral.\(rule)",
            version: 1,
            inputs: common.merging(inputs) { $1 }.compactMapValues { $0 },
            otherwise: Self.otherwise[rule]
        )
    }

    /// `isFirst`: nobody else's referral of the same person came before it and counts.
    init(_ referral: Referral, _ facts: ReferralFacts, isFirst: Bool, now: Date) {
        let out: Referral.State = referral.earnedAt == nil ? .blocked : .reversed
        if let objection = referral.objection {
            self.init(.blocked, objection.rawValue, referral)
        } else if facts.referrer == facts.referred {
            self.init(out, "same-person", referral)
        } else if facts.isReferrerGone {
            self.init(out, "referrer-forgotten", referral)
        } else if !isFirst {
            self.init(out, "somebody-else-first", referral)
        } else if let won = facts.won, won.at < referral.expiresAt {
            let inputs = ["dealID": won.dealID.description, "wonAt": Wire.text(of: won.at), "by": referral.paidBy]
            self.init(
                referral.paidAt == nil ? .earned : .paid,
                referral.paidAt == nil ? "won" : "paid",
                referral,
                inputs
            )
        } else if referral.earnedAt != nil {
            self.init(.reversed, "deal-undone", referral, ["dealID": referral.dealID?.description])
        } else if now >= referral.expiresAt {
            self.init(.expired, "expired", referral, ["until": Wire.text(of: referral.expiresAt)])
        } else {
            self.init(.pending, "arrived", referral, ["until": Wire.text(of: referral.expiresAt)])
        }
    }

    /// Whether it stands in the way of a later referral of the same person.
    var comesFirst: Bool { [.pending, .earned, .paid].contains(state) || why.rule == "referral.deal-undone" }

    /// What would have changed it; the glossary has it in both languages.
    private static let otherwise: [String: String] = [
        "arrived": "A deal that is won in time earns the reward.",
        "won": "Without the won deal nothing would be owed.",
        "paid": "Were the deal taken back, it would be owed back.",
        "deal-undone": "Were the deal won again, it would be owed again.",
        "expired": "A deal that was won in time would have earned the reward.",
        "unknown-code": "A code that somebody has would have counted.",
        "known-already": "Somebody who had not been in touch with us before would have counted.",
        "too-late": "Named sooner after the first enquiry, it would have counted.",
        "same-person": "Recommended by somebody else, it would have counted.",
        "referrer-forgotten": "There is nobody any more to whom it could be given.",
        "somebody-else-first": "The first who recommended us to somebody has the reward.",
    ]
}

extension ReferralVerdict {
    /// The verdicts on all referrals of one person: the first that counts stands before the others.
    static func all(_ referrals: [(Referral, ReferralFacts)], now: Date) -> [ReferralID: ReferralVerdict] {
        var verdicts: [ReferralID: ReferralVerdict] = [:]
        var isTaken = false
        for (referral, facts) in referrals.sorted(by: { ($0.0.arrivedAt, $0.0.id) < ($1.0.arrivedAt, $1.0.id) }) {
            let verdict = ReferralVerdict(referral, facts, isFirst: !isTaken, now: now)
            verdicts[referral.id] = verdict
            if verdict.comesFirst { isTaken = true }
        }
        return verdicts
    }
}
