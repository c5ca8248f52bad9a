import Foundation

/// A number of people, and when they were counted where that was not just now.
struct KeptCount: Sendable, Equatable {
    var people: Int
    /// Nil for now.
    var countedAt: Date?
}

/// How many people are in each stage of their life.
struct LifeCounts: Sendable, Equatable {
    var people: [LifeStage: Int]
    /// Nil for now.
    var countedAt: Date?
}
