import Foundation

/// How many people something is known of beyond how to reach them: a figure that marketing is measured by.
struct TagCoverage: Sendable, Equatable {
    /// Everybody, with tags or without.
    var people: Int
    /// Whoever has a tag that holds.
    var tagged: Int
    var byKey: [String: Int]
    var countedAt: Date
}
