import Contracts
import Failures
import Foundation
import Messaging

/// Takes back, by the link of a mail, that its recipient may be written to for what it was sent for.
///
/// What is business under way goes on. Leads, who owns what people allow, hears of it as of a STOP by text.
struct Unsubscribe: Sendable {
    static let source = "unsubscribe-link"

    let spine: Spine

    func callAsFunction(_ id: MessageID) async throws {
        try await spine.perform(Cause(actor: "system")) { work in
            let message = try await MessageStore(work.tx).locked([id]).first
            guard let message, let uid = message.uid, message.hasUnsubscribeLink else {
                throw Rejection.notFound("message", id)
            }
            let topic = message.topic
            let store = RecipientStore(work.tx)
            guard try await store.optOut(uid, of: .email, for: topic, source: Self.source, at: work.now) else { return }
            let event = RecipientOptedOut(
                uid: uid,
                channel: Channel.email.rawValue,
                source: Self.source,
                purpose: topic.rawValue
            )
            try await work.publish(event, about: uid, uid: uid)
        }
    }
}

extension Message {
    /// Mails that nobody asked for.
    var hasUnsubscribeLink: Bool { isMarketing && channel == .email }
}
