/// A referral came to another state, the first of which says that it arrived.
public struct ReferralChanged: Contract {
    public static let name: MessageName = "leads.referral.changed.v1"
    public static let summary =
        "Somebody whom a customer had recommended to us enquired, or the reward for it came to another state."

    public var referralID: ReferralID
    public var leadID: LeadID
    /// Who recommended us; missing where nobody has the code.
    public var referrerUID: UID?
    public var referredUID: UID
    /// `pending`, `earned`, `paid`, `reversed`, `blocked` or `expired`.
    public var state: String
    /// Missing when it has just arrived.
    public var previousState: String?
    /// What won it.
    public var dealID: DealID?
    public var rewards: [Reward]
    /// The reference under which the reward was paid, when it was.
    public var note: String?
    public var why: Why

    public init(
        referralID: ReferralID,
        leadID: LeadID,
        referrerUID: UID?,
        referredUID: UID,
        state: String,
        previousState: String? = nil,
        dealID: DealID? = nil,
        rewards: [Reward],
        note: String? = nil,
        why: Why
    ) {
        self.referralID = referralID
        self.leadID = leadID
        self.referrerUID = referrerUID
        self.referredUID = referredUID
        self.state = state
        self.previousState = previousState
        self.dealID = dealID
        self.rewards = rewards
        self.note = note
        self.why = why
    }

    public static var example: ReferralChanged {
        ReferralChanged(
            referralID: Sample.referral,
            leadID: Sample.lead,
            referrerUID: Sample.otherUID,
            referredUID: Sample.uid,
            state: "paid",
            previousState: "earned",
            dealID: Sample.deal,
            rewards: [Reward(kind: "fee-months", amount: 24), Reward(kind: "points", amount: 5_000)],
            note: "FB-2026-031",
            why: Why(
                rule: "referral.paid",
                version: 1,
                inputs: ["by": "staff:\(Sample.manager)"],
                otherwise: "Had the deal not stayed won, it would have been taken back."
            )
        )
    }
}

/// What whoever recommended us gets.
public struct Reward: Codable, Sendable, Equatable {
    /// `fee-months`: property fee of so many months; `points`.
    public var kind: String
    public var amount: Int

    public init(kind: String, amount: Int) {
        self.kind = kind
        self.amount = amount
    }
}
