import Contracts

/// Somebody whom the desk serves: an owner of a unit, or anybody whom Leads has identified.
struct Customer: Sendable, Equatable {
    let uid: UID
    let name: String?
    /// E.164.
    let phone: String?
    let email: String?
    let consent: Consent
    /// The agent who answers for them.
    let agentID: StaffID?
    let agentTeamID: TeamID?
}

/// How much a customer has entrusted us with.
enum Tier: String, Sendable, CaseIterable {
    case normal
    /// Bought for ten million yuan or more, all contracts together.
    case high

    /// In minor units of CNY; purchases in other currencies do not count.
    static let highFrom: Int64 = 1_000_000_000

    init(purchases: [Money]) {
        let total = purchases.filter { $0.currency == "CNY" }.map(\.minor).reduce(0, +)
        self = total >= Tier.highFrom ? .high : .normal
    }
}
