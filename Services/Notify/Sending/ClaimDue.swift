import Contracts
import Foundation
import Messaging

/// Takes messages that are due into work: their next attempt is committed before any call is made, so that a crash
/// leaves a trace.
struct ClaimDue: Sendable {
    let spine: Spine
    let judge: JudgeDue

    /// A message that is to be sent now.
    struct Ready: Sendable {
        let message: Message
        /// The attempt that has begun.
        let attempt: Int
        let address: String
    }

    struct Batch: Sendable {
        let ready: [Ready]
        /// Whether there may be more to take at once.
        let isFull: Bool
        /// When the next message is due; nil when none waits, or when the batch is full.
        let next: Date?
    }

    /// Claims at most `limit` messages of a lane; after `lease` seconds their attempts count as lost.
    func callAsFunction(_ lane: Sending.Lane.Name, limit: Int, lease: Int) async throws -> Batch {
        try await spine.perform(Cause(actor: "system")) { work in
            let store = MessageStore(work.tx)
            let due = try await store.lockDue(lane, at: work.now, limit: limit)
            guard !due.isEmpty else { return Batch(ready: [], isFull: false, next: try await store.nextDue(lane)) }
            var ready: [Ready] = []
            var settled: [(message: Message, nextAt: Date)] = []
            for (message, judgement) in zip(due, try await judge(due, work)) {
                var message = message
                message.consent = judgement.consent
                switch judgement.decision {
                case .send(let address):
                    ready.append(Ready(message: message, attempt: message.attempt + 1, address: address))
                case .suppress(let reason, let detail, let why):
                    (message.state, message.reason, message.detail) = (.suppressed, reason, detail)
                    message.decision = why
                    settled.append((message, work.now))
                case .hold(let end, let why):
                    (message.reason, message.detail, message.decision) = ("quiet-hours", nil, why)
                    settled.append((message, end))
                }
            }
            try await store.begin(ready.map { ($0.message, $0.address) }, lease: lease, at: work.now)
            try await store.save(settled.map(\.message), nextAt: settled.map(\.nextAt), at: work.now)
            let stopped = settled.map(\.message).filter { $0.state == .suppressed }
            try await work.publish(stopped.compactMap { $0.event() })
            work.afterCommit { SendingMetrics.count(stopped) }
            let isFull = due.count == limit
            return Batch(ready: ready, isFull: isFull, next: isFull ? nil : try await store.nextDue(lane))
        }
    }
}
