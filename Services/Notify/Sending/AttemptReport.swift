import Contracts
import Foundation
import Outbound

/// What we learn about an attempt: how our call ended, or what the gateway reports of it later.
enum AttemptReport: Sendable {
    case ended(MessageID, attempt: Int, Outcome)
    case receipt(Receipt)

    var messageID: MessageID {
        switch self {
        case .ended(let id, _, _): id
        case .receipt(let receipt): receipt.messageID
        }
    }

    /// What it adds to the message's history.
    var line: AttemptLine {
        switch self {
        case .ended(let id, let attempt, let outcome):
            AttemptLine(
                messageID: id,
                attempt: attempt,
                kind: .call,
                outcome: outcome.word,
                code: outcome.code,
                detail: outcome.words
            )
        case .receipt(let receipt): receipt.line
        }
    }

    /// What becomes of the message; nil when the report tells nothing new.
    ///
    /// Reports come in any order: a receipt may be here before our call has ended, and then knows more.
    func settling(_ message: Message, at now: Date) -> Settling? {
        switch self {
        case .ended(_, let attempt, let outcome):
            // A slow call may come back after it was given up as lost.
            guard message.attempt == attempt, message.state == .sending || message.state == .unknown else { return nil }
            return Settling(outcome, attempt: attempt, age: now.timeIntervalSince(message.createdAt))
        case .receipt(let receipt):
            guard let state = receipt.next(after: message.state, attempt: message.attempt) else { return nil }
            guard state == .failed else { return Settling(state: state) }
            return Settling(state: state, reason: "undeliverable", detail: Redaction.text(receipt.reply))
        }
    }
}
