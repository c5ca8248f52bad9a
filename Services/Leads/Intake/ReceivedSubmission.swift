import Contracts
import Foundation

/// What a channel handed over, before anybody has read it.
struct ReceivedSubmission: Sendable {
    enum Transport: String, Sendable {
        case amqp
        case http
        /// A row of a file that somebody has uploaded.
        case `import`
    }

    /// The id of its ledger row, which is the receipt's too.
    let id: UUID
    let transport: Transport
    /// The channel that the routing key or the address names.
    let routedChannel: String?
    /// The user that the broker vouches for.
    let brokerUser: String?
    /// The sender's id of the message.
    let messageID: String?
    let contentType: String?
    /// A header that only the broker may write, and only of messages that it has moved: never of a submission.
    let forgedHeader: String?
    let body: [UInt8]
    /// SHA-256 of the body.
    let digest: String
    /// W3C trace context of what it follows from.
    var traceparent: String?
    /// Who acts, where it is not the channel by itself.
    let actor: String?

    init(
        id: UUID = .v7(),
        transport: Transport,
        routedChannel: String?,
        brokerUser: String? = nil,
        messageID: String? = nil,
        contentType: String? = nil,
        forgedHeader: String? = nil,
        body: [UInt8],
        digest: String,
        traceparent: String? = nil,
        actor: String? = nil
    ) {
        self.id = id
        self.transport = transport
        self.routedChannel = routedChannel.map { String($0.withoutNUL.prefix(100)) }
        self.brokerUser = brokerUser?.withoutNUL
        self.messageID = messageID.flatMap { $0.isEmpty ? nil : String($0.withoutNUL.prefix(300)) }
        self.contentType = contentType
        self.forgedHeader = forgedHeader
        self.body = body
        self.digest = digest
        self.traceparent = traceparent
        self.actor = actor
    }
}

extension String {
    /// The text without U+0000, which PostgreSQL cannot store.
    var withoutNUL: String {
        utf8.contains(0) ? String(unicodeScalars.filter { $0.value != 0 }.map(Character.init)) : self
    }

    /// The text as it is kept: without surrounding space, at most `limit` characters; nil when nothing is left.
    func cleaned(atMost limit: Int) -> String? {
        let text = trimmed
        if text.isEmpty { return nil }
        return text.utf8.count <= limit ? text : String(text.prefix(limit))
    }

    /// The text without white space at its ends.
    var trimmed: String {
        let spaces = CharacterSet.whitespacesAndNewlines
        // Foundation takes a text apart to find out that it has none.
        func isInk(_ sign: Unicode.Scalar) -> Bool { sign.isPlain || !spaces.contains(sign) }
        guard let first = unicodeScalars.firstIndex(where: isInk), let last = unicodeScalars.lastIndex(where: isInk)
        else { return "" }
        return String(unicodeScalars[first...last])
    }

    /// Whether it has more than so many characters.
    func isLonger(than limit: Int) -> Bool { utf8.count > limit && count > limit }
}

extension Unicode.Scalar {
    /// A sign of ASCII or a Chinese character: certainly no space.
    fileprivate var isPlain: Bool { ("!"..."~").contains(self) || ("\u{3001}"..."\u{D7FF}").contains(self) }
}
