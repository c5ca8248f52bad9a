import Policies

/// From how many cases the learned probability speaks.
struct ScorePolicy: Policy {
    static let name = "score.learning"
    static let standard = ScorePolicy()

    /// Below so many deals that came to an end nothing is shown.
    var minimumCases = 50
    /// A value that fewer of them had says nothing.
    var minimumPerValue = 5
    /// What every count begins with: one would weigh too much while there are few.
    var smoothing = 0.1

    static let fields: [PolicyField<ScorePolicy>] = [
        PolicyField(\.minimumCases, "minimumCases", .count, 2...100_000),
        PolicyField(\.minimumPerValue, "minimumPerValue", .count, 0...10_000),
        PolicyField(\.smoothing, "smoothing", .count, 0.001...10),
    ]
}
