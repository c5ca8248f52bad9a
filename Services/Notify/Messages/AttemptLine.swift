import Contracts

/// One line of a message's history.
struct AttemptLine: Sendable {
    enum Kind: String, Sendable {
        /// A call to the gateway or mail server, with how it ended.
        case call
        /// What the operator reported.
        case receipt
        /// Somebody of ours decided.
        case hand
        /// The process was lost on the way.
        case crash
    }

    let messageID: MessageID
    let attempt: Int
    let kind: Kind
    let outcome: String
    var code: Int?
    var detail: String?
}
