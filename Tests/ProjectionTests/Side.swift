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
