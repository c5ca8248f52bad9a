import Failures
import Messaging

/// Takes a delivery report of the gateway.
struct TakeReceipt: Sendable {
    let reports: GroupCommit<AttemptReport, Bool>

    /// - Throws: `notFound` for a message that there is not.
    func callAsFunction(_ receipt: Receipt) async throws {
        guard try await reports(.receipt(receipt)) else { throw Rejection.notFound("message", receipt.messageID) }
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
