import Contracts
import Foundation
import Messaging
import Postgres
import TestSupport

/// One service of the town, as the post knows it.
struct Side: Sendable {
    let spine: Spine
    let subscriptions: [Subscription]
    let timers: [TimerHandler]
    let projections: [Projection]
    /// Takes up what follows a moment later, until nothing is left.
    let settle: @Sendable () async throws -> Void

    var name: String { spine.service }

    /// What it hears of all that was told, in one batch.
    func hear(_ told: [JournalledEvent]) async throws {
        let names = Set(subscriptions.map(\.name))
        let heard = told.filter { names.contains($0.envelope.type) }
        guard !heard.isEmpty else { return }
        try await spine.settleEvents(
            heard.map { JournalEntry(envelope: $0.envelope, data: $0.json) },
            with: subscriptions
        )
    }
}

/// The same numbers for the same seed (SplitMix64).
struct Dice: RandomNumberGenerator {
    var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func below(_ limit: Int) -> Int { Int.random(in: 0..<limit, using: &self) }

    mutating func one<Element>(of all: [Element]) -> Element? { all.randomElement(using: &self) }
}
