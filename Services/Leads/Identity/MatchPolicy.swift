import Policies

/// How persons are found who may be one.
struct MatchPolicy: Policy {
    static let name = "identity.matching"
    static let standard = MatchPolicy()
    static let fields: [PolicyField<MatchPolicy>] = [
        PolicyField(\.joinsCertain, "joinsCertain"),
        PolicyField(\.hitLimit, "hitLimit", .count, 2...1_000),
    ]

    /// Whether two whom one submission names are joined at once when their names do not speak against it.
    var joinsCertain = true
    /// What more than so many have in common tells nothing.
    var hitLimit = 20
}
