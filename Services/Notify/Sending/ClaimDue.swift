import Contracts
import Foundation
import Messaging

/// Takes messages that are due into work: their next attempt is committed before any call is made, so that a crash
/// leaves a trace.
struct ClaimDue: Sendable {
    let spine: Spine

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
            let verdicts = try await verdicts(on: due, work)
            var ready: [Ready] = []
            var suppressed: [Message] = []
            for (message, verdict) in zip(due, verdicts) {
                switch verdict {
                case .send(let address):
                    ready.append(Ready(message: message, attempt: message.attempt + 1, address: address))
                case .suppress(let reason):
                    var message = message
                    (message.state, message.reason, message.detail) = (.suppressed, reason, nil)
                    suppressed.append(message)
                }
            }
            try await store.begin(ready.map { ($0.message, $0.address) }, lease: lease, at: work.now)
            try await store.save(suppressed, nextAt: suppressed.map { _ in work.now }, at: work.now)
            try await work.publish(suppressed.compactMap { $0.event() })
            let stopped = suppressed
            work.afterCommit { SendingMetrics.count(stopped) }
            let isFull = due.count == limit
            return Batch(ready: ready, isFull: isFull, next: isFull ? nil : try await store.nextDue(lane))
        }
    }

    private func verdicts(on due: [Message], _ work: Work) async throws -> [SendingPolicy.Verdict] {
        let store = RecipientStore(work.tx)
        let repeated = try await MessageStore(work.tx).repeated(among: due)
        let customers = try await store.customers(due.compactMap(\.uid))
        let staff = try await store.staff(due.compactMap(\.staffID))
        return due.map { message in
            // Two whom Leads found to be one since they were written to.
            if repeated.contains(message.id) { return .suppress("written-to-already") }
            return switch message.recipient {
            case .customer(let uid): SendingPolicy.verdict(message.channel, message.purpose, for: customers[uid])
            case .staff(let id): SendingPolicy.verdict(message.channel, for: staff[id])
            }
        }
    }
}
