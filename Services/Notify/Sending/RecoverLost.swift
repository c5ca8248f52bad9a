import Contracts
import Messaging

/// Decides about attempts whose process was lost: whether the call was made, nobody knows.
///
/// A mail is sent again: its Message-ID is the same, so a mailbox can tell. A text message would be read twice, so people
/// decide.
struct RecoverLost: Sendable {
    let spine: Spine
    let wakeUp: SendingSignals

    /// Returns how many it found.
    @discardableResult
    func callAsFunction() async throws -> Int {
        try await spine.perform(Cause(actor: "system")) { work in
            let store = MessageStore(work.tx)
            let lost = try await store.lockLost(limit: 200).map(RecoverLost.settled)
            try await store.save(lost, nextAt: lost.map { _ in work.now }, at: work.now)
            try await store.note(
                lost.map { message in
                    AttemptLine(
                        messageID: message.id,
                        attempt: message.attempt,
                        kind: .crash,
                        outcome: message.state == .queued ? "requeued" : "unknown"
                    )
                },
                at: work.now
            )
            try await work.publish(lost.compactMap { $0.event() })
            work.afterCommit {
                wakeUp.poke(for: lost)
                SendingMetrics.count(lost)
            }
            return lost.count
        }
    }

    static func settled(_ message: Message) -> Message {
        var message = message
        message.state = message.channel == .email ? .queued : .unknown
        message.reason = "interrupted"
        message.detail = nil
        return message
    }
}
