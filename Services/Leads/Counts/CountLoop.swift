import Foundation
import Logging
import Messaging
import ServiceLifecycle

/// Counts beside what pages would wait for where there are very many people.
struct CountLoop: Service {
    private static let pause = Duration.seconds(5)
    /// It works one part of so many of its time at most.
    private static let share = 10
    /// How old the counts of stages may become before they are counted anew.
    private static let lifeAge: TimeInterval = 60
    /// The same of a segment.
    private static let segmentAge: TimeInterval = 300

    let spine: Spine
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                let start = ContinuousClock.now
                let isMore = await turn()
                let rest = (ContinuousClock.now - start) * (Self.share - 1)
                try? await Task.sleep(for: isMore ? rest : max(Self.pause, rest))
            }
        }
    }

    /// - Returns: whether there may be more to count at once.
    private func turn() async -> Bool {
        do {
            return try await spine.perform(Cause(actor: "system")) { work in
                let store = KeptCountStore(work.tx)
                guard try await store.takeTurn() else { return false }
                try await store.refreshLife(olderThan: Self.lifeAge, at: work.now)
                return try await store.refreshSegment(olderThan: Self.segmentAge, at: work.now)
            }
        } catch is CancellationError {
            return false
        } catch {
            logger.warning("counts: could not be taken", metadata: ["error": "\(error)"])
            return false
        }
    }
}
