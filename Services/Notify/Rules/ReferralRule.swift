import Contracts

extension NotificationRules {
    /// Whoever recommended us learns that somebody came, that a reward is theirs, and that it was given; by no means that
    /// they have not agreed to, and never who came.
    static let referralChanged = NotificationRule<ReferralChanged>("referral-changed") { referral in
        guard let referrer = referral.referrerUID else { return [] }
        let reward: [String: TextVariable] = ["reward": words(for: referral.rewards)]
        switch (referral.state, referral.previousState) {
        case ("pending", nil):
            return [.customer(referrer, "referral-arrived", by: [.sms], .courtesy, for: .referral, reward)]
        case ("earned", "pending"), ("earned", nil):
            return [.customer(referrer, "referral-earned", by: [.sms, .email], .courtesy, for: .referral, reward)]
        case ("paid", "earned"):
            return [.customer(referrer, "referral-paid", by: [.sms, .email], .courtesy, for: .referral, reward)]
        default: return []
        }
    }

    private static func words(for rewards: [Reward]) -> TextVariable {
        let known = rewards.compactMap { reward -> (english: String, chinese: String)? in
            switch reward.kind {
            case "fee-months": ("\(reward.amount) months of property fee", "\(reward.amount) 个月物业费")
            case "points": ("\(reward.amount) points", "\(reward.amount) 积分")
            default: nil
            }
        }
        guard !known.isEmpty else { return .words(english: "our thanks", chinese: "我们的谢意") }
        return .words(
            english: known.map(\.english).joined(separator: " and "),
            chinese: known.map(\.chinese).joined(separator: "和")
        )
    }
}
