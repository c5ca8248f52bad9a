import Contracts
import Policies

/// What a referral brings to whoever recommended us, and when it counts.
struct ReferralPolicy: Policy {
    static let name = "leads.referral"
    static let standard = ReferralPolicy()

    /// Property fee of so many months.
    var feeMonths = 24
    var points = 0
    /// Whoever was in touch with us within so many days before is not new.
    var knownDays = 180
    /// A code that is named later than this after the lead arrived does not count any more.
    var claimDays = 7
    /// A deal that is won later than this after the referral earns nothing.
    var expiresDays = 365
    /// Which share of deals should come by referral.
    var goalPercent = 30

    static let fields: [PolicyField<ReferralPolicy>] = [
        PolicyField(\.feeMonths, "feeMonths", .months, 0...120),
        PolicyField(\.points, "points", .points, 0...1_000_000),
        PolicyField(\.knownDays, "knownDays", .days, 0...3_650),
        PolicyField(\.claimDays, "claimDays", .days, 0...365),
        PolicyField(\.expiresDays, "expiresDays", .days, 1...3_650),
        PolicyField(\.goalPercent, "goalPercent", .percent, 0...100),
    ]

    var rewards: [Reward] {
        [Reward(kind: "fee-months", amount: feeMonths), Reward(kind: "points", amount: points)].filter { $0.amount > 0 }
    }
}
