import Foundation
import Outbound

/// What the end of an attempt says of the number or address: a pure rule.
enum ReachProof: Sendable, Equatable {
    /// Something arrived.
    case works
    /// It failed for good, and because of the number: with the message's reason.
    case fails(String)

    /// Nil where nothing is said of it: what was only taken, what may be tried again, what was refused for its content or
    /// because of us.
    init?(_ report: AttemptReport, on channel: Channel) {
        switch (report, channel) {
        case (.receipt(let receipt), .sms):
            switch receipt.kind {
            case .delivered: self = .works
            case .undelivered, .refused:
                guard !ReachProof.isPassing(receipt.reply) else { return nil }
                self = .fails("undeliverable")
            case .buffered, .taken: return nil
            }
        case (.ended(_, _, .refusedForGood(let reply)), .sms):
            guard !ReachProof.isPassing(reply.text) else { return nil }
            self = .fails("refused")
        case (.ended(_, _, .accepted), .email):
            // Mail has no receipts: that the server takes it is the best that is ever known.
            self = .works
        case (.ended(_, _, .refusedForGood(let reply)), .email):
            guard ReachProof.namesMailbox(reply) else { return nil }
            self = .fails("refused")
        default: return nil
        }
    }

    /// Words of operators for what is over one day: a phone that was off too long, a full memory, too many at once; and for
    /// what is wrong with the text and not with the number.
    private static let passing = [
        "EXPIRED", "ABSENT", "MEMORY", "FULL", "BUSY", "THROTTL", "CONGEST", "TIMEOUT", "TEMPORAR", "SYSTEM", "SPAM",
        "CONTENT", "KEYWORD",
    ]

    private static func isPassing(_ words: String) -> Bool {
        let upper = words.uppercased()
        return passing.contains(where: upper.contains)
    }

    /// RFC 5321: 550, 551 and 553 are about the mailbox; unless RFC 3463's class says that it is full or that a policy
    /// forbids the mail.
    private static func namesMailbox(_ reply: Reply) -> Bool {
        guard [550, 551, 553].contains(reply.code) else { return false }
        guard let status = reply.text.firstMatch(of: /\b5\.(\d{1,3})\.\d{1,3}\b/) else { return !isPassing(reply.text) }
        return status.1 == "1" || status.1 == "0"
    }
}
