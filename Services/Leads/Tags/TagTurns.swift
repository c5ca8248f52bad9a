import Foundation
import Logging
import Messaging

/// Takes in what enquiries say of people, a moment after the intake, and lets go of what has expired.
struct TagTurns: Sendable {
    private static let atOnce = 500
    /// How old the count of people by their tags may become.
    private static let coverageAge: TimeInterval = 600
    /// How long what could not be taken in waits for its next turn.
    private static let patience: TimeInterval = 600

    let keep: KeepTags
    let fold: FoldTags
    let spine: Spine
    let logger: Logger

    /// - Returns: whether there is more to do at once.
    func callAsFunction() async throws -> Bool {
        do {
            // First whose they are: there is little of it, and it is not to wait for a storm of enquiries.
            let folded = try await spine.perform(Self.cause) { try await fold(atMost: Self.atOnce, $0) }
            let taken = try await spine.perform(Self.cause) { try await keep.takeIn(atMost: Self.atOnce, $0) }
            if taken == Self.atOnce || folded == Self.atOnce { return true }
            return try await spine.perform(Self.cause) { work in
                if try await keep.expire(atMost: Self.atOnce, work) > 0 { return true }
                try await TagCoverageStore(work.tx).refresh(olderThan: Self.coverageAge, at: work.now)
                return false
            }
        } catch  where !Task.isCancelled {
            logger.warning("tags: a batch could not be taken in, now one by one", metadata: ["error": "\(error)"])
            await oneByOne()
            return false
        }
    }

    /// Only what cannot be taken in waits, not its neighbours.
    private func oneByOne() async {
        await oneByOne(
            { try await fold(atMost: 1, $0) },
            orElse: { work, until in try await TagSideStore(work.tx).putOffOldest(until: until, now: work.now) }
        )
        await oneByOne(
            { try await keep.takeIn(atMost: 1, $0) },
            orElse: { work, until in
                let store = TagStore(work.tx)
                guard let first = try await store.said(atMost: 1, now: work.now).first else { return }
                try await store.putOff(first.id, until: until)
            }
        )
    }

    private func oneByOne(
        _ take: @Sendable (Work) async throws -> Int,
        orElse putOff: @Sendable (Work, _ until: Date) async throws -> Void
    ) async {
        for _ in 0..<Self.atOnce where !Task.isCancelled {
            do {
                guard try await spine.perform(Self.cause, take) == 1 else { return }
            } catch {
                guard await perform(putOff) else { return }
            }
        }
    }

    private func perform(_ putOff: @Sendable (Work, _ until: Date) async throws -> Void) async -> Bool {
        do {
            try await spine.perform(Self.cause) { try await putOff($0, $0.now.addingTimeInterval(Self.patience)) }
            return true
        } catch {
            logger.error("tags: nothing can be taken in", metadata: ["error": "\(error)"])
            return false
        }
    }

    private static let cause = Cause(actor: "system")
}
