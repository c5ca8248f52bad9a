public import struct Foundation.Date

/// The value of a header.
public enum HeaderValue: Sendable, Equatable {
    case bool(Bool)
    case int(Int64)
    case double(Double)
    case string(String)
    case bytes([UInt8])
    case timestamp(Date)
    case list([HeaderValue])
    case table([String: HeaderValue])
    case null
}

/// The properties of a message, as AMQP 0-9-1 names them.
public struct Properties: Sendable, Equatable {
    public var contentType: String?
    public var contentEncoding: String?
    public var headers: [String: HeaderValue] = [:]
    /// Mode 2: the broker writes the message to disk before it confirms it.
    public var isPersistent = true
    public var priority: UInt8?
    public var correlationID: String?
    public var replyTo: String?
    /// Milliseconds as decimal text.
    public var expiration: String?
    public var messageID: String?
    public var timestamp: Date?
    public var type: String?
    /// If set, the broker checks that it is the connection's user.
    public var userID: String?
    public var appID: String?

    public init() {}
}

/// A message to publish.
public struct Message: Sendable {
    public var exchange: String
    public var routingKey: String
    public var properties: Properties
    public var body: [UInt8]
    /// The broker returns the message when no queue takes it.
    public var isMandatory = true

    public init(exchange: String, routingKey: String, properties: Properties, body: [UInt8]) {
        self.exchange = exchange
        self.routingKey = routingKey
        self.properties = properties
        self.body = body
    }
}

/// What became of one publish.
///
/// Every publish ends in exactly one of these.
public enum PublishOutcome: Sendable, Equatable {
    /// The broker has it, on disk where it is persistent.
    case confirmed
    /// The broker said no (`basic.nack`: a full queue), or the message breaks a limit of the protocol.
    case refused(reason: String)
    /// No queue takes it (`basic.return`).
    case returned(code: Int, reason: String)
    /// The connection went away before the answer came: it may have arrived or not.
    case lost(reason: String)
}

/// A message that was delivered.
public struct Delivery: Sendable {
    /// The connection's life and the tag within it; what ``Consumer/settle(_:)`` is told.
    public struct Tag: Sendable, Hashable {
        public let epoch: UInt64
        public let number: UInt64
        public init(epoch: UInt64, number: UInt64) {
            self.epoch = epoch
            self.number = number
        }
    }

    public let tag: Tag
    public let exchange: String
    public let routingKey: String
    public let isRedelivered: Bool
    public let properties: Properties
    public let body: [UInt8]

    public init(
        tag: Tag,
        exchange: String,
        routingKey: String,
        isRedelivered: Bool,
        properties: Properties,
        body: [UInt8]
    ) {
        self.tag = tag
        self.exchange = exchange
        self.routingKey = routingKey
        self.isRedelivered = isRedelivered
        self.properties = properties
        self.body = body
    }

    /// How often it was delivered before, as a quorum queue counts in `x-delivery-count`.
    public var deliveryCount: Int {
        guard case .int(let count)? = properties.headers["x-delivery-count"] else { return 0 }
        return Int(clamping: count)
    }
}
