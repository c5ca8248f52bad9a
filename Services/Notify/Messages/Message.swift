import Contracts
import Foundation
import Messaging
import Postgres
import Web

/// One intended effect: this text, to this person, by this channel, because of one event.
struct Message: Sendable {
    enum Recipient: Sendable, Hashable {
        case customer(UID)
        case staff(StaffID)
    }

    let id: MessageID
    let recipient: Recipient
    let causeID: String
    let causeName: String
    let correlationID: String
    let traceparent: String?
    let template: String
    /// Those who were written to at once.
    var audienceID: UUID?
    let channel: Channel
    let purpose: Purpose
    /// What a customer is written to for.
    var topic = ConsentPurpose.service
    let language: Language
    let text: MessageText
    let link: String?
    var state: MessageState
    var reason: String?
    var detail: String?
    /// Why it is held or was dropped, where a policy decided it.
    var decision: Contracts.Why?
    /// The consent that it was sent or kept back by.
    var consent: Contracts.Why?
    /// Attempts begun.
    var attempt: Int
    let createdAt: Date

    var uid: UID? {
        if case .customer(let uid) = recipient { return uid }
        return nil
    }

    var staffID: StaffID? {
        if case .staff(let id) = recipient { return id }
        return nil
    }

    /// What follows from the message follows from what caused it.
    var cause: Cause {
        Cause(actor: "system", correlationID: correlationID, causationID: causeID, traceparent: traceparent)
    }
}

extension Message {
    /// The columns that ``init(row:)`` reads.
    static let columns: SQL = """
        m.id, m.uid, m.staff_id, m.cause_id, m.cause_name, m.correlation_id, m.traceparent, m.template, m.audience_id,
        m.channel, m.purpose, m.topic, m.language, m.subject, m.body, m.link, m.state, m.reason, m.detail, m.decision,
        m.consent, m.attempt, m.created_at
        """

    init(row: Row) throws {
        let uid: UID? = try row["uid"]
        let staffID: StaffID? = try row["staff_id"]
        let language: String = try row["language"]
        guard let recipient = uid.map(Recipient.customer) ?? staffID.map(Recipient.staff) else {
            throw PostgresError(message: "a message without a recipient")
        }
        self.init(
            id: try row["id"],
            recipient: recipient,
            causeID: try row["cause_id"],
            causeName: try row["cause_name"],
            correlationID: try row["correlation_id"],
            traceparent: try row["traceparent"],
            template: try row["template"],
            audienceID: try row["audience_id"],
            channel: try Message.known(try row["channel"]),
            purpose: try Message.known(try row["purpose"]),
            topic: Message.topic(try row["topic"], template: try row["template"]),
            language: Language(ofRecipient: language),
            text: MessageText(subject: try row["subject"], body: try row["body"]),
            link: try row["link"],
            state: try Message.known(try row["state"]),
            reason: try row["reason"],
            detail: try row["detail"],
            decision: try (row["decision"] as JSONText?)?.decode(),
            consent: try (row["consent"] as JSONText?)?.decode(),
            attempt: try row["attempt"],
            createdAt: try row["created_at"]
        )
    }

    /// What was written before messages had topics says by its template what it is for.
    private static func topic(_ stored: String?, template: String) -> ConsentPurpose {
        if let known = stored.flatMap(ConsentPurpose.init(rawValue:)) { return known }
        if template.hasPrefix("nurture") { return .marketing }
        if template.hasPrefix("referral") { return .referral }
        return template == "decoration-guide" ? .care : .service
    }

    private static func known<Value: RawRepresentable>(_ text: String) throws -> Value where Value.RawValue == String {
        guard let value = Value(rawValue: text) else { throw PostgresError(message: "no such word: \(text)") }
        return value
    }
}
