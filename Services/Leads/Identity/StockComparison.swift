import Contracts
import Foundation
import Messaging

/// Once through everybody who is known: how far that has come, and what was found.
struct StockComparison: Sendable, Equatable {
    let id: UUID
    let policyVersion: Int
    let actor: String
    let beganAt: Date
    /// The last of those who were known when it began; nil where nobody was.
    let last: UID?
    let people: Int
    /// The last who was compared.
    var reached: UID?
    var compared = 0
    var joined = 0
    var proposed = 0
    var skipped = 0
    var endedAt: Date?

    var isUnderWay: Bool { endedAt == nil }

    /// Takes in one step: up to whom it went, and what was found.
    mutating func advance(over persons: [UID], finding found: FoundMatches, now: Date) {
        reached = persons.last ?? reached
        compared += persons.count
        joined += found.joined
        proposed += found.proposed
        if persons.isEmpty || reached == last { endedAt = now }
    }
}

/// What a look at some persons has brought.
struct FoundMatches: Sendable, Equatable {
    /// Those who were joined at once.
    var joined = 0
    /// Pairs that were put up for review.
    var proposed = 0
}
