import Contracts
import Failures
import Foundation

/// What the gateway reports about a text message that it took.
struct Receipt: Sendable, Equatable {
    /// Kannel's types of delivery report.
    enum Kind: Int, Sendable, CaseIterable {
        /// It reached the phone.
        case delivered = 1
        /// The operator could not deliver it.
        case undelivered = 2
        /// The operator keeps it until the phone can be reached.
        case buffered = 4
        /// The operator took it.
        case taken = 8
        /// The operator refused it.
        case refused = 16

        /// Those that tell how it ended, as a mask: that the operator took or keeps it would be a call more for every text.
        static let ends = [delivered, undelivered, refused].reduce(0) { $0 | $1.rawValue }
    }

    let messageID: MessageID
    let attempt: Int
    let kind: Kind
    /// The operator's words.
    let reply: String

    /// The state that the message comes to; nil when the receipt tells nothing new.
    ///
    /// Receipts come in any order, also before our own record of the call. The outcome is the same in every order: what
    /// was delivered stays delivered, and a failure outweighs that it was taken.
    func next(after state: MessageState, attempt current: Int) -> MessageState? {
        let claim: MessageState =
            switch kind {
            case .delivered: .delivered
            case .undelivered, .refused: .failed
            case .buffered, .taken: .accepted
            }
        // A new attempt is under way or waits: that an older one failed is history.
        let isOfOld = attempt < current || state == .queued
        if isOfOld && claim == .failed { return nil }
        return Receipt.weight(of: claim) > Receipt.weight(of: state) ? claim : nil
    }

    private static func weight(of state: MessageState) -> Int {
        switch state {
        case .queued, .sending, .unknown, .suppressed: 0
        case .accepted: 1
        case .failed: 2
        case .delivered: 3
        }
    }
}
