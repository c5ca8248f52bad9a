import Contracts
import Foundation
import Postgres

/// A notice with the event that it follows from.
struct CausedNotice: Sendable {
    let notice: Notice
    let envelope: Envelope
    let why: Contracts.Why
}

/// A message that is to be kept, with why it is written and what it is about.
struct MessageDraft: Sendable {
    let message: Message
    let why: JSONText
    /// What its cause told of.
    let about: String
    /// Whom its cause concerned, whoever it goes to.
    let concerns: UID?

    init(_ message: Message, _ why: JSONText, _ cause: Envelope) {
        self.message = message
        self.why = why
        (about, concerns) = (cause.subject, cause.uid)
    }
}

/// A message as it is stored first.
struct NewMessage: Sendable {
    let message: Message
    let draft: MessageDraft
    /// From when on it is due.
    let nextAt: Date
    /// Where its first attempt goes, where that begins at once.
    let address: String?

    init(_ message: Message, _ draft: MessageDraft, nextAt: Date, begunTo address: String? = nil) {
        self.message = message
        self.draft = draft
        self.nextAt = nextAt
        self.address = address
    }

    var state: MessageState { address == nil ? message.state : .sending }
}
