import CRabbitMQ

/// Puts together what comes in several frames: a method, a header, and the pieces of the body.
///
/// librabbitmq's own `amqp_read_message` would wait for the rest without a limit of time.
struct ContentAssembly {
    /// A delivery that has come in whole.
    struct Delivered {
        var number: UInt64
        var exchange: String
        var routingKey: String
        var isRedelivered: Bool
        var properties = Properties()
        var body: [UInt8] = []
    }

    private enum Content {
        case none
        case delivery(Delivered)
        case returned(code: Int, reason: String)
    }

    /// The most that is set aside on the mere word of the peer.
    private static let reservation: UInt64 = 1 << 20

    private var content = Content.none
    private var properties = Properties()
    private var body: [UInt8] = []
    private var missing: UInt64 = 0
    private var awaitsHeader = false

    mutating func begin(_ deliver: amqp_basic_deliver_t) {
        let delivered = Delivered(
            number: deliver.delivery_tag,
            exchange: String(repairing: deliver.exchange),
            routingKey: String(repairing: deliver.routing_key),
            isRedelivered: deliver.redelivered != 0
        )
        begin(.delivery(delivered))
    }

    mutating func begin(_ returned: amqp_basic_return_t) {
        begin(.returned(code: Int(returned.reply_code), reason: String(repairing: returned.reply_text)))
    }

    private mutating func begin(_ content: Content) {
        self.content = content
        awaitsHeader = true
        missing = 0
    }

    /// The header: an event at once when there is no body.
    mutating func take(_ properties: Properties, bodySize: UInt64) throws -> LinkEvent? {
        guard awaitsHeader else { throw AMQPError(step: "read", reason: "a content header came out of turn") }
        awaitsHeader = false
        self.properties = properties
        missing = bodySize
        body = []
        body.reserveCapacity(Int(min(bodySize, Self.reservation)))
        return missing == 0 ? finish() : nil
    }

    /// A piece of the body: an event when it was the last one.
    mutating func take(_ piece: UnsafeRawBufferPointer) throws -> LinkEvent? {
        guard !awaitsHeader, missing >= UInt64(piece.count) else {
            throw AMQPError(step: "read", reason: "a piece of a body came out of turn")
        }
        body.append(contentsOf: piece)
        missing -= UInt64(piece.count)
        return missing == 0 ? finish() : nil
    }

    private mutating func finish() -> LinkEvent? {
        defer {
            content = .none
            body = []
        }
        switch content {
        case .none: return nil
        case .returned(let code, let reason):
            return .returned(messageID: properties.messageID, code: code, reason: reason)
        case .delivery(var delivered):
            delivered.properties = properties
            delivered.body = body
            return .delivery(delivered)
        }
    }
}
