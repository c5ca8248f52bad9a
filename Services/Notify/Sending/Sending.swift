import Contracts
import Foundation
import Logging
import Messaging
import Outbound
import Postgres
import ServiceLifecycle
import Traces

/// Sends what is queued: claim, call, record, each by itself, several calls at once per channel.
///
/// It is woken when messages are written and when a retry is due; a slow poll catches what another replica wrote.
struct Sending: Service {
    /// How a channel is worked.
    struct Lane: Sendable {
        let channel: Channel
        let carrier: any Carrier
        /// Messages claimed and sent together.
        let batch: Int
        /// Batches on the way at once.
        let width: Int
        /// Seconds until an attempt counts as lost: more than the calls of a batch can take.
        let lease: Int
    }

    let spine: Spine
    let lanes: [Lane]
    let wakeUp: SendingSignals
    let logger: Logger
    /// Waits at most so long before it looks again.
    private let poll: Duration = .seconds(1)

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Void.self) { group in
                for lane in lanes { group.addTask { await work(lane) } }
                group.addTask { await recover() }
            }
        }
        for lane in lanes { await lane.carrier.close() }
    }

    /// Claims until it is stopped.
    ///
    /// Calls that are under way are finished and recorded.
    private func work(_ lane: Lane) async {
        await withTaskGroup(of: Void.self) { group in
            var running = 0
            while !Task.isCancelled {
                if running == lane.width {
                    await group.next()
                    running -= 1
                }
                guard let batch = await claim(lane) else { continue }
                if !batch.ready.isEmpty {
                    group.addTask { await deliver(batch.ready, on: lane) }
                    running += 1
                }
                if !batch.isFull { await sleep(lane) }
            }
        }
    }

    private func claim(_ lane: Lane) async -> ClaimDue.Batch? {
        do {
            return try await ClaimDue(spine: spine)(lane.channel, limit: lane.batch, lease: lane.lease)
        } catch {
            await pause(after: error, "claim messages")
            return nil
        }
    }

    private func sleep(_ lane: Lane) async {
        var limit = poll
        if let next = try? await spine.read({ try await MessageStore($0).nextDue(lane.channel) }) {
            limit = min(poll, .seconds(max(0.005, next.timeIntervalSince(spine.clock.now))))
        }
        await wakeUp.signal(of: lane.channel)?.wait(atMost: limit)
    }

    /// Makes the calls of a batch at once and stores how they ended.
    ///
    /// It runs to its end even when the service stops: what was called must be recorded.
    func deliver(_ ready: [ClaimDue.Ready], on lane: Lane) async {
        Failpoint.hit("sending.before-call")
        let ended = await withTaskGroup(of: RecordOutcomes.Ended.self) { group in
            for one in ready {
                group.addTask {
                    let span = one.beginSending(by: lane.channel)
                    let outcome = await lane.carrier.carry(one.message, attempt: one.attempt, to: one.address)
                    span?.end(with: outcome)
                    SendingMetrics.count(lane.channel, outcome)
                    return RecordOutcomes.Ended(messageID: one.message.id, attempt: one.attempt, outcome: outcome)
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        Failpoint.hit("sending.after-call")
        await record(ended)
    }

    /// Tries for as long as the lease may last; after that the attempts count as lost anyway.
    private func record(_ ended: [RecordOutcomes.Ended]) async {
        let record = RecordOutcomes(spine: spine, wakeUp: wakeUp)
        for attempt in 1...20 {
            do {
                return try await uncancelled { try await record(ended) }
            } catch {
                logger.warning(
                    "outcomes of sending could not be stored",
                    metadata: ["attempt": "\(attempt)", "error": "\(error)"]
                )
                try? await uncancelled { try await Task.sleep(for: .seconds(1)) }
            }
        }
    }

    private func recover() async {
        while !Task.isCancelled {
            do {
                let lost = try await RecoverLost(spine: spine, wakeUp: wakeUp)()
                if lost > 0 { logger.warning("attempts were interrupted", metadata: ["count": "\(lost)"]) }
                try? await Task.sleep(for: .seconds(5))
            } catch {
                await pause(after: error, "recover interrupted attempts")
            }
        }
    }

    private func pause(after error: any Error, _ step: String) async {
        guard !Task.isCancelled else { return }
        logger.warning("sending waits", metadata: ["step": "\(step)", "error": "\(error)"])
        try? await Task.sleep(for: .seconds(1))
    }
}

/// Runs `body` to its end although the surrounding task is cancelled: in a task of its own, which is awaited.
private func uncancelled<Result: Sendable>(
    _ body: @escaping @Sendable () async throws -> Result
) async throws -> Result {
    // Cancellation would cut the database's connection in the middle of the record, hence an unstructured task.
    try await Task { try await body() }.value
}
