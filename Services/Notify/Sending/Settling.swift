import Foundation
import Outbound

/// What becomes of a message after an attempt: a pure rule.
struct Settling: Equatable {
    var state: MessageState
    var reason: String?
    var detail: String?
    /// When to try again, in seconds.
    var retryAfter: Double?

    /// Waits between attempts, in seconds; after the last the message has failed.
    static let delays: [Double] = [5, 30, 120, 600, 3_600]
    /// Nothing was handed over: that is our trouble, not the recipient's, and is tried for a day.
    static let patience: Double = 86_400

    /// Judges an ending: `attempt` is the one that ended, the first is 1; `age` is in seconds since the message was written.
    init(_ outcome: Outcome, attempt: Int, age: Double) {
        let delay = attempt <= Settling.delays.count ? Settling.delays[attempt - 1] : nil
        switch outcome {
        case .accepted:
            self.init(state: .accepted)
        case .refusedForGood(let reply):
            self.init(state: .failed, reason: "refused", detail: Redaction.words(of: reply))
        case .refusedForNow(let reply):
            self.init(state: .failed, reason: "gave-up", detail: Redaction.words(of: reply))
            if let delay { self = .init(state: .queued, reason: "refused-for-now", detail: detail, retryAfter: delay) }
        case .unknown(let trouble):
            self.init(state: .unknown, reason: trouble.kind.rawValue, detail: trouble.detail)
        case .notSent(let trouble):
            self.init(state: .failed, reason: trouble.kind.rawValue, detail: trouble.detail)
            guard age < Settling.patience else { return }
            state = .queued
            retryAfter = delay ?? 600
        }
    }

    init(
        state: MessageState,
        reason: String? = nil,
        detail: String? = nil,
        retryAfter: Double? = nil
    ) {
        self.state = state
        self.reason = reason
        self.detail = detail
        self.retryAfter = retryAfter
    }
}

extension Outcome {
    /// How the history calls it.
    var word: String {
        switch self {
        case .accepted: "accepted"
        case .refusedForGood: "refused-for-good"
        case .refusedForNow: "refused-for-now"
        case .unknown: "unknown"
        case .notSent: "not-sent"
        }
    }

    var code: Int? {
        switch self {
        case .accepted(let reply), .refusedForGood(let reply), .refusedForNow(let reply): reply.code
        case .unknown, .notSent: nil
        }
    }

    /// The other side's words without addresses, or libcurl's.
    var words: String {
        switch self {
        case .accepted(let reply), .refusedForGood(let reply), .refusedForNow(let reply): Redaction.words(of: reply)
        case .unknown(let trouble), .notSent(let trouble): "\(trouble.kind.rawValue): \(trouble.detail)"
        }
    }
}

/// Takes addresses out of other people's words.
enum Redaction {
    static func words(of reply: Reply) -> String {
        String(text(reply.text).prefix(200))
    }

    static func text(_ text: String) -> String {
        // Nearly every reply is short and harmless; a regular expression costs more than the rest of an attempt.
        let digits = text.utf8.count { (0x30...0x39).contains($0) }
        guard digits >= 8 || text.utf8.contains(UInt8(ascii: "@")) else { return text }
        return text.replacing(/[^\s<>,;:]+@[^\s<>,;:]+/, with: "…").replacing(/\+?\d[\d \-]{6,}\d/, with: "…")
    }
}
