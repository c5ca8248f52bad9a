import Contracts
import Failures
import Messaging

/// What people may do about a message that did not go its way.
struct HandleByHand: Sendable {
    let spine: Spine
    let wakeUp: SendingSignals

    /// Sends it once more.
    func resend(_ id: MessageID, by staff: StaffID) async throws {
        try await change(id, by: staff) { message throws(Rejection) in
            guard message.channel != .inApp, [.failed, .suppressed, .unknown].contains(message.state) else {
                throw Rejection(.conflict, "message-not-stuck", "Only a message that is stuck can be sent again.")
            }
            guard !message.text.body.isEmpty else {
                throw Rejection(
                    .conflict,
                    "message-has-no-text",
                    "Its text could not be written; sending it again changes nothing."
                )
            }
            return (.queued, "by-hand")
        }
    }

    /// Says what became of a message of which nobody knew.
    func settle(_ id: MessageID, asSent isSent: Bool, by staff: StaffID) async throws {
        try await change(id, by: staff) { message throws(Rejection) in
            guard message.state == .unknown else {
                throw Rejection(.conflict, "message-not-unknown", "What became of this message is known already.")
            }
            return (isSent ? .accepted : .failed, "by-hand")
        }
    }

    private func change(
        _ id: MessageID,
        by staff: StaffID,
        to decide: @Sendable (Message) throws(Rejection) -> (MessageState, String)
    ) async throws {
        try await spine.perform(.staff(staff)) { work in
            let store = MessageStore(work.tx)
            guard var message = try await store.locked([id]).first else { throw Rejection.notFound("message", id) }
            (message.state, message.reason) = try decide(message)
            (message.detail, message.decision) = (nil, nil)
            try await store.save([message], nextAt: [work.now], at: work.now)
            let outcome = message.state == .queued ? "requeued" : message.state.rawValue
            let line = AttemptLine(
                messageID: id,
                attempt: message.attempt,
                kind: .hand,
                outcome: outcome,
                detail: "staff:\(staff)"
            )
            try await store.note([line], at: work.now)
            let cause = Cause(actor: "staff:\(staff)", correlationID: message.correlationID)
            try await work.publish([message.event(for: cause)].compactMap(\.self))
            let changed = message
            work.afterCommit {
                wakeUp.poke(for: [changed])
                SendingMetrics.count([changed])
            }
        }
    }
}
