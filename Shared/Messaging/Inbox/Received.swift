public import Contracts

/// A message that has arrived, with its data still as bytes.
public struct Received: Sendable {
    public let envelope: Envelope
    /// The whole message as it was received.
    public let body: [UInt8]
    /// The message taken apart, when that was done already.
    private let parts: MessageParts?

    public init(envelope: Envelope, body: [UInt8]) {
        self.envelope = envelope
        self.body = body
        parts = nil
    }

    init(envelope: Envelope, parts: MessageParts) {
        self.envelope = envelope
        self.parts = parts
        body = parts.bytes
    }

    public var cause: Cause { Cause(envelope) }

    /// The message taken apart, of which members can be had without reading the whole.
    /// - Throws: a ``Rejection`` when it is out of shape.
    public var message: MessageParts {
        get throws { try parts ?? MessageParts(body) }
    }

    /// Reads the data as the contract that its type names.
    /// - Throws: a ``Rejection`` that names the field and the rule.
    public func data<Message: Contract>(as type: Message.Type = Message.self) throws -> Message {
        try message.data(as: type)
    }

    /// The same, handled elsewhere in its trace.
    func traced(as traceparent: String) -> Received {
        var envelope = envelope
        envelope.traceparent = traceparent
        return Received(envelope: envelope, body: body, parts: parts)
    }

    private init(envelope: Envelope, body: [UInt8], parts: MessageParts?) {
        self.envelope = envelope
        self.body = body
        self.parts = parts
    }
}
