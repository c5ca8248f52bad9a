import Failures
import Policies

/// How many leads somebody may take from pools, when they may have one again, and how often they are told of offers.
struct ClaimPolicy: Policy {
    static let name = "assign.claim"
    static let standard = ClaimPolicy()

    /// Claims of one agent a day.
    var perDay = 20
    /// Claimed leads that one agent has open at once.
    var heldAtOnce = 30
    /// Days before somebody may claim a lead that they had.
    var formerOwnerWaits = 7
    /// Hours for which nobody may claim a lead that has come into a pool, so that nobody wins it by sitting at the screen.
    ///
    /// What is offered may be claimed at once.
    var newLeadsWait = 0
    /// Seconds between two messages about leads that are offered to whoever claims first; fewer where they are offered for
    /// less than four times that.
    var tellEvery = 60

    static let fields: [PolicyField<ClaimPolicy>] = [
        PolicyField(\.perDay, "perDay", .count, 1...500),
        PolicyField(\.heldAtOnce, "heldAtOnce", .count, 1...1_000),
        PolicyField(\.formerOwnerWaits, "formerOwnerWaits", .days, 0...365),
        PolicyField(\.newLeadsWait, "newLeadsWait", .hours, 0...720),
        PolicyField(\.tellEvery, "tellEvery", .seconds, 10...1_800),
    ]
}

/// What becomes of leads that nobody follows up: days since the last call, or since somebody was given it.
struct RecyclePolicy: Policy, ConsistentPolicy {
    static let name = "assign.recycle"
    static let standard = RecyclePolicy()

    var warnOwner = 7
    var warnManager = 10
    var toPool = 14

    static let fields: [PolicyField<RecyclePolicy>] = [
        PolicyField(\.warnOwner, "warnOwner", .days, 1...180),
        PolicyField(\.warnManager, "warnManager", .days, 1...270),
        PolicyField(\.toPool, "toPool", .days, 2...365),
    ]

    var objection: Rejection? {
        guard warnOwner > warnManager || warnManager >= toPool else { return nil }
        return .invalid("values/toPool", "recycle-order", "First the owner is warned, then the manager, then it goes.")
    }
}
