import Contracts
import Foundation
import Logging
import Messaging
import Outbound
import Postgres
import ServiceLifecycle
import Synchronization
import Traces

/// Sends what is queued: claim, call, record, each by itself, several calls at once per lane.
///
/// It is woken when messages are written and when a retry is due; a slow poll catches what another replica wrote.
struct Sending: Service {
    let spine: Spine
    let claimDue: ClaimDue
    let lanes: [Lane]
    let reports: GroupCommit<AttemptReport, Bool>
    let wakeUp: SendingSignals
    let logger: Logger
    private let precedence = Precedence()
    /// Waits at most so long before it looks again.
    private let poll: Duration = .seconds(1)

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Void.self) { group in
                for lane in lanes { group.addTask { await work(lane) } }
                for lane in lanes where lane.name == Express.lane { group.addTask { await workExpress(on: lane) } }
                group.addTask { await recover() }
            }
        }
        for lane in lanes { await lane.carrier.close() }
    }

    /// Claims until it is stopped, whenever half of the lane is free: one at a time would cost a transaction each.
    ///
    /// Calls that are under way are finished and recorded.
    private func work(_ lane: Lane) async {
        let slots = Slots(lane.width)
        var turns = Turns(apart: lane.turnsApart)
        await withDiscardingTaskGroup { group in
            while !Task.isCancelled {
                let free = slots.free
                guard free * 2 >= lane.width else {
                    await slots.freed.wait(atMost: poll)
                    continue
                }
                await turns.next()
                try? await Task.sleep(for: precedence.pause(before: lane.name.precedence))
                guard let batch = await claim(lane, limit: free) else { continue }
                slots.take(batch.ready.count)
                for one in batch.ready {
                    group.addTask { await deliver(one, on: lane, then: slots.give) }
                }
                if !batch.isFull { await sleep(lane, until: batch.next) }
            }
        }
    }

    /// Calls the gateway for messages that were handed over with their attempt begun.
    ///
    /// When the service stops nobody is let in any more, and whoever has a seat is still seen to.
    private func workExpress(on lane: Lane) async {
        let express = wakeUp.express
        express.open()
        await withDiscardingTaskGroup { group in
            while true {
                let ready = express.take()
                if let written = ready.map(\.message.createdAt).min() { noteWait(since: written, lane) }
                for one in ready { group.addTask { await deliver(one, on: lane, then: { express.leave() }) } }
                if !Task.isCancelled {
                    await express.boarding.wait(atMost: poll)
                } else {
                    express.close()
                    if express.isEmpty { break }
                    // The service is stopping, which would cut the pause short.
                    await Task { try? await Task.sleep(for: .milliseconds(5)) }.value
                }
            }
        }
    }

    /// The first that has waited since then is taken up now.
    private func noteWait(since written: Date, _ lane: Lane) {
        precedence.waited(.seconds(spine.clock.now.timeIntervalSince(written)), lane.name.precedence)
    }

    private func claim(_ lane: Lane, limit: Int) async -> ClaimDue.Batch? {
        do {
            let batch = try await claimDue(lane.name, limit: limit, lease: lane.lease)
            let written = batch.ready.filter { $0.attempt == 1 }.map(\.message.createdAt).min()
            if let written { noteWait(since: written, lane) }
            return batch
        } catch {
            await pause(after: error, "claim messages")
            return nil
        }
    }

    private func sleep(_ lane: Lane, until next: Date?) async {
        // One that is due already is locked: another replica has it.
        let wait = next.map { Duration.seconds(max(0.005, $0.timeIntervalSince(spine.clock.now))) } ?? poll
        await wakeUp.signal(of: lane.name)?.wait(atMost: min(wait, poll))
    }

    /// Makes a call and stores how it ended; `next` is told when the lane is free for another.
    ///
    /// It runs to its end even when the service stops: what was called must be recorded.
    func deliver(_ one: ClaimDue.Ready, on lane: Lane, then next: () -> Void = {}) async {
        Failpoint.hit("sending.before-call")
        let span = one.beginSending(by: lane.name.channel)
        let outcome = await lane.carrier.carry(one.message, attempt: one.attempt, to: one.address)
        span?.end(with: outcome)
        next()
        SendingMetrics.count(lane.name.channel, outcome)
        Failpoint.hit("sending.after-call")
        await record(.ended(one.message.id, attempt: one.attempt, outcome))
    }

    /// Tries for as long as the lease may last; after that the attempts count as lost anyway.
    private func record(_ report: AttemptReport) async {
        for attempt in 1...20 {
            do {
                _ = try await reports(report)
                return
            } catch {
                logger.warning(
                    "an outcome of sending could not be stored",
                    metadata: ["attempt": "\(attempt)", "error": "\(error)"]
                )
                // The service may be stopping, which would cut the pause short.
                await Task { try? await Task.sleep(for: .seconds(1)) }.value
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

/// How many more messages may be on the way.
private final class Slots: Sendable {
    /// Poked when one has become free.
    let freed = Signal()
    private let count: Atomic<Int>

    init(_ count: Int) { self.count = Atomic(count) }

    var free: Int { count.load(ordering: .relaxed) }

    func take(_ number: Int) { count.subtract(number, ordering: .relaxed) }

    func give() {
        count.add(1, ordering: .relaxed)
        freed.poke()
    }
}
