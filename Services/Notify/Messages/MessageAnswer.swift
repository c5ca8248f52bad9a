import Contracts
import Foundation
import Hummingbird
import Web

/// A message as the API tells it.
struct MessageAnswer: ResponseEncodable, Sendable {
    struct Cause: Encodable, Sendable {
        let id: String
        let type: String
    }

    let id: MessageID
    /// The customer as they are known now, whatever they were known by when it was written.
    let uid: UID?
    let staffId: StaffID?
    let channel: String
    let template: String
    let state: String
    let reason: String?
    let detail: String?
    /// Attempts begun.
    let attempt: Int
    let cause: Cause
    let language: String
    let link: String?
    let createdAt: Date
    let changedAt: Date

    init(_ row: MessageRow) {
        let message = row.message
        id = message.id
        uid = row.customer
        staffId = message.staffID
        channel = message.channel.rawValue
        template = message.template
        state = message.state.rawValue
        reason = message.reason
        detail = message.detail
        attempt = message.attempt
        cause = Cause(id: message.causeID, type: message.causeName)
        language = message.language.rawValue
        link = message.link
        createdAt = message.createdAt
        changedAt = row.changedAt
    }
}

/// A message with its text, its why and all that was tried.
struct MessageDetailAnswer: ResponseEncodable, Sendable {
    struct Attempt: Encodable, Sendable {
        let attempt: Int
        let kind: String
        let at: Date
        let outcome: String
        let code: Int?
        let detail: String?
    }

    let message: MessageAnswer
    let subject: String?
    let text: String
    let why: Contracts.Why
    /// The policy by which it is held or was dropped.
    let decision: Contracts.Why?
    /// The consent that it was sent or kept back by: for what, by which means, and what the customer has said of it.
    let consent: Contracts.Why?
    let attempts: [Attempt]

    init(_ detail: ShowMessages.Detail) {
        message = MessageAnswer(detail.row)
        subject = detail.row.message.text.subject.nilIfEmpty
        text = detail.row.message.text.body
        why = detail.why
        decision = detail.row.message.decision
        consent = detail.row.message.consent
        attempts = detail.attempts.map { line in
            Attempt(
                attempt: line.attempt,
                kind: line.kind,
                at: line.at,
                outcome: line.outcome,
                code: line.code,
                detail: line.detail
            )
        }
    }
}
