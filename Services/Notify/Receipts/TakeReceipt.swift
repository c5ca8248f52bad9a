import Contracts
import Failures
import Messaging

/// Takes a delivery report of the gateway.
struct TakeReceipt: Sendable {
    let spine: Spine

    /// - Throws: `notFound` for a message that there is not.
    func callAsFunction(_ receipt: Receipt) async throws {
        try await spine.perform(Cause(actor: "system")) { work in
            let store = MessageStore(work.tx)
            guard var message = try await store.locked([receipt.messageID]).first else {
                throw Rejection.notFound("message", receipt.messageID)
            }
            try await store.note([receipt.line], at: work.now)
            guard let next = receipt.next(after: message.state, attempt: message.attempt) else { return }
            let detail = next == .failed ? Redaction.text(receipt.reply) : nil
            (message.state, message.reason, message.detail) = (next, next == .failed ? "undeliverable" : nil, detail)
            try await store.save([message], nextAt: [work.now], at: work.now)
            try await work.publish([message.event()].compactMap(\.self))
            let changed = message
            work.afterCommit { SendingMetrics.count([changed]) }
        }
        SendingMetrics.count(receipt: receipt.kind)
    }
}

extension Receipt {
    var line: AttemptLine {
        let outcome =
            switch kind {
            case .delivered: "delivered"
            case .undelivered, .refused: "failed"
            case .buffered: "buffered"
            case .taken: "accepted"
            }
        return AttemptLine(
            messageID: messageID,
            attempt: attempt,
            kind: .receipt,
            outcome: outcome,
            code: kind.rawValue,
            detail: reply.isEmpty ? nil : Redaction.text(reply)
        )
    }
}
