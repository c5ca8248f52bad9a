import Policies

/// When a number or an address counts as one that does not work.
struct ReachPolicy: Policy {
    static let name = "notify.reach"
    static let standard = ReachPolicy()

    /// So many messages in a row that failed for good.
    var failures = 3

    static let fields: [PolicyField<ReachPolicy>] = [PolicyField(\.failures, "failures", .count, 1...20)]
}
