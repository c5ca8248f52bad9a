import Contracts
import Foundation
import Messaging
import Outbound

/// Stores how attempts ended.
///
/// A receipt may have come first and knows more: what it said stands.
struct RecordOutcomes: Sendable {
    let spine: Spine
    let wakeUp: SendingSignals

    struct Ended: Sendable {
        let messageID: MessageID
        let attempt: Int
        let outcome: Outcome
    }

    func callAsFunction(_ ended: [Ended]) async throws {
        guard !ended.isEmpty else { return }
        try await spine.perform(Cause(actor: "system")) { work in
            let store = MessageStore(work.tx)
            let byID = Dictionary(uniqueKeysWithValues: ended.map { ($0.messageID, $0) })
            var changed: [(message: Message, nextAt: Date)] = []
            for message in try await store.locked(ended.map(\.messageID).sorted()) {
                guard let end = byID[message.id], RecordOutcomes.isOpen(message, attempt: end.attempt) else { continue }
                let settled = Settling(
                    end.outcome,
                    attempt: end.attempt,
                    age: work.now.timeIntervalSince(message.createdAt)
                )
                var message = message
                (message.state, message.reason, message.detail) = (settled.state, settled.reason, settled.detail)
                changed.append((message, work.now.addingTimeInterval(settled.retryAfter ?? 0)))
            }
            try await store.save(changed.map(\.message), nextAt: changed.map(\.nextAt), at: work.now)
            try await store.note(ended.map(\.line), at: work.now)
            try await work.publish(changed.compactMap { $0.message.event() })
            let requeued = Set(changed.map(\.message).filter { $0.state == .queued }.map(\.channel))
            let settled = changed.map(\.message)
            work.afterCommit {
                wakeUp.poke(requeued)
                SendingMetrics.count(settled)
            }
        }
    }

    /// Whether the ending of that attempt still decides: a slow call may come back after it was given up as lost.
    private static func isOpen(_ message: Message, attempt: Int) -> Bool {
        message.attempt == attempt && (message.state == .sending || message.state == .unknown)
    }
}

extension RecordOutcomes.Ended {
    var line: AttemptLine {
        AttemptLine(
            messageID: messageID,
            attempt: attempt,
            kind: .call,
            outcome: outcome.word,
            code: outcome.code,
            detail: outcome.words
        )
    }
}
