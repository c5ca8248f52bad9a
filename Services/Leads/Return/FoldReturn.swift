import Foundation
import Logging
import Messaging
import ServiceLifecycle

/// Brings the sums of marketing up to date with the ledger and the leads.
struct FoldReturn: Sendable {
    /// Submissions of a channel, and changed leads, that are counted in one transaction.
    static let batch = 2_000

    let spine: Spine
    let zone: TimeZone

    /// Counts what is new, one batch.
    /// - Returns: whether there may be more.
    func callAsFunction() async throws -> Bool {
        try await spine.perform(Cause(actor: "system")) { work in
            let store = ReturnFoldStore(work.tx)
            guard try await store.lock() else { return false }
            let arrived = try await store.takeSubmissions(atMost: FoldReturn.batch, zone: zone)
            let changed = try await store.takeChanges(atMost: FoldReturn.batch)
            try await store.count(Array(Set(arrived + changed)), zone: zone)
            return arrived.count >= FoldReturn.batch || changed.count >= FoldReturn.batch
        }
    }

    /// Counts until nothing is left.
    func all() async throws {
        while try await self() {}
    }
}

/// Folds while there is something to fold, and leaves most of the machine to the intake.
struct FoldReturnLoop: Service {
    let fold: FoldReturn
    let logger: Logger
    private let pause: Duration = .seconds(2)

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                let start = ContinuousClock.now
                var hasMore = false
                do {
                    hasMore = try await fold()
                } catch  where !Task.isCancelled {
                    logger.warning("marketing's sums: will try again", metadata: ["error": "\(error)"])
                } catch {
                    return
                }
                // A tenth of its time at most, also while a storm of submissions comes in.
                let rest = (ContinuousClock.now - start) * 9
                try? await Task.sleep(for: hasMore ? rest : max(pause, rest))
            }
        }
    }
}
