import Contracts
import Foundation
import Messaging
import Policies

/// Takes a text message that somebody sent us: STOP, 退订 and the like end our own to them, at once; anything else is told to
/// those who look after them.
struct TakeText: Sendable {
    private static let strangerQuiet: Double = 86_400

    let spine: Spine
    let writeMessages: WriteMessages

    /// Returns how many people have opted out by it.
    ///
    /// `id` and `sentAt` are the gateway's; by them a text that it hands over twice is known.
    @discardableResult
    func callAsFunction(from phone: String, text: String, id: String? = nil, sentAt: String? = nil) async throws -> Int
    {
        let text = IncomingText(from: phone, text: text, gatewayID: id, sentAt: sentAt)
        return try await spine.perform(Cause(actor: "system")) { work in try await take(text, work) }
    }

    private func take(_ text: IncomingText, _ work: Work) async throws -> Int {
        let store = IncomingTextStore(work.tx)
        try await store.lock(text.phone)
        // Who says STOP once more may have agreed in between: where nothing tells the two apart it holds again.
        let isRepeated = try await store.isRepeated(text, at: work.now)
        guard !isRepeated || (text.isStop && text.key == nil) else { return 0 }
        let policy = try await PolicyStore(work.tx).current(AnswerPolicy.self)
        let since = work.now.addingTimeInterval(-Double(policy.value.days) * 86_400)
        let origin = TextOrigin(text, try await store.ground(of: text.phone, since: since), policy)
        let id = AnswerID.new()
        switch origin.kind {
        case .stop:
            try await store.keep(id, text, origin, at: work.now)
            return try await optOut(text, origin, work)
        case .stranger:
            // Asked before it is one of them itself.
            let isKnown = try await store.hasWritten(
                text.phone,
                since: work.now.addingTimeInterval(-TakeText.strangerQuiet)
            )
            try await store.keep(id, text, origin, at: work.now)
            if !isKnown { try await tellOfStranger(id, work) }
        case .answer:
            try await store.keep(id, text, origin, at: work.now)
            try await tell(id, text, origin, work)
        case .colleague, .empty: try await store.keep(id, text, origin, at: work.now)
        }
        return 0
    }

    /// Everybody who has the number, and whoever was written to last by it.
    private func optOut(_ text: IncomingText, _ origin: TextOrigin, _ work: Work) async throws -> Int {
        let store = RecipientStore(work.tx)
        let people = Set(try await store.people(withPhone: text.phone) + [origin.message?.uid].compactMap(\.self))
        var count = 0
        for uid in people.sorted()
        where try await store.optOut(uid, of: .sms, source: "stop-reply", at: work.now) {
            try await work.publish(
                RecipientOptedOut(uid: uid, channel: "sms", source: "stop-reply"),
                about: uid,
                uid: uid
            )
            count += 1
        }
        return count
    }

    private func tell(_ id: AnswerID, _ text: IncomingText, _ origin: TextOrigin, _ work: Work) async throws {
        try await work.publish(
            origin.uids.map { uid in
                let event = MessageAnswered(
                    answerID: id,
                    uid: uid,
                    channel: "sms",
                    text: text.words,
                    messageID: origin.message?.id,
                    template: origin.message?.template,
                    leadID: origin.message?.leadID,
                    caseID: origin.message?.caseID,
                    isShared: origin.isShared ? true : nil,
                    receivedAt: work.now,
                    why: origin.why
                )
                return Draft(event, about: id, uid: uid, cause: work.cause)
            }
        )
    }

    /// Nobody looks after who is not known: somebody has to read it and see who it is.
    ///
    /// The notice has no word of it: it would stay when the person is known one day and wants to be forgotten.
    private func tellOfStranger(_ id: AnswerID, _ work: Work) async throws {
        let keepers = try await IncomingTextStore(work.tx).keepers()
        let template = "text-from-stranger"
        let envelope = Envelope(
            id: id.description,
            source: "/lintel/notify",
            type: MessageAnswered.name,
            subject: id.description,
            time: work.now
        )
        let why = Contracts.Why(
            rule: "notify.\(template)",
            version: 1,
            inputs: ["event": MessageAnswered.name.text, "template": template, "purpose": Purpose.work.rawValue]
        )
        try await writeMessages(
            keepers.map { staff in
                let notice = Notice.work(for: .staff(staff), template, by: [.inApp], link: "/notify/texts", [:])
                return CausedNotice(notice: notice, envelope: envelope, why: why)
            },
            in: work
        )
    }
}
