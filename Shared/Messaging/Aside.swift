public import Logging
public import ServiceLifecycle

/// Work beside what people wait for: it takes a tenth of its time at most, and makes way while there is a rush.
public struct Aside: Service {
    private static let share = 10

    private let rush: Rush<ContinuousClock>
    private let pause: Duration
    private let complaint: Logger.Message
    private let logger: Logger
    private let turn: @Sendable () async throws -> Bool

    /// `turn` says whether there is more to do at once; otherwise the next one comes after `pause`, and so it does after one
    /// that failed, of which the log has `complaint`.
    public init(
        makingWayIn rush: Rush<ContinuousClock>,
        every pause: Duration,
        _ complaint: Logger.Message,
        _ logger: Logger,
        turn: @escaping @Sendable () async throws -> Bool
    ) {
        self.rush = rush
        self.pause = pause
        self.complaint = complaint
        self.logger = logger
        self.turn = turn
    }

    public func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                let start = ContinuousClock.now
                let isMore = await takeTurn()
                let took = ContinuousClock.now - start
                let rest = took * (Self.share - 1)
                try? await Task.sleep(for: isMore ? rest : max(pause, rest))
                await rush.calm(afterATurnOf: took)
            }
        }
    }

    private func takeTurn() async -> Bool {
        do {
            return try await turn()
        } catch {
            if !Task.isCancelled { logger.warning(complaint, metadata: ["error": "\(error)"]) }
            return false
        }
    }
}
