import Failures
public import Foundation

/// What every message says about itself: a CloudEvent 1.0 in JSON's structured mode, without its data.
public struct Envelope: Codable, Sendable, Equatable {
    public static let contentType = "application/cloudevents+json"

    public var specversion = "1.0"
    /// UUIDv7 from us; strangers may use any text.
    ///
    /// Unique within `source`.
    public var id: String
    /// `/lintel/<service>`.
    public var source: String
    public var type: MessageName
    /// The id of the aggregate that the message is about.
    public var subject: String
    /// When it happened, which is not when it was sent.
    public var time: Date
    /// The aggregate's version, rising by one.
    ///
    /// Absent on commands.
    public var sequence: Int64?
    /// The person concerned, where there is one.
    public var uid: UID?
    /// Who did it: `staff:<id>`, `channel:<name>`, `timer:<kind>`, `system`.
    public var actor: String?
    /// The same for everything that followed from one first cause.
    public var correlationid: String?
    /// The message or request that caused this one.
    public var causationid: String?
    /// W3C trace context.
    public var traceparent: String?

    public init(
        id: String,
        source: String,
        type: MessageName,
        subject: String,
        time: Date,
        sequence: Int64? = nil,
        uid: UID? = nil,
        actor: String? = nil,
        correlationid: String? = nil,
        causationid: String? = nil,
        traceparent: String? = nil
    ) {
        self.id = id
        self.source = source
        self.type = type
        self.subject = subject
        self.time = time
        self.sequence = sequence
        self.uid = uid
        self.actor = actor
        self.correlationid = correlationid
        self.causationid = causationid
        self.traceparent = traceparent
    }
}

/// Decodes JSON from outside: what is wrong with it becomes a ``Rejection`` with the field's path.
public func decodeStrictly<Value: Decodable>(_ type: Value.Type, from body: [UInt8]) throws -> Value {
    try JSONShape.check(body)
    return try Wire.read(type, from: body) ?? decodeByFoundation(type, from: body)
}

/// Decodes JSON in shape that ``Wire/read(_:from:)`` has left alone, or says what is wrong with it.
func decodeByFoundation<Value: Decodable>(_ type: Value.Type, from body: [UInt8]) throws -> Value {
    do {
        return try Wire.decoder.decode(type, from: Data(body))
    } catch let error as DecodingError {
        // The decoder names no field for what is not JSON at all.
        if case .dataCorrupted = error, let fault = JSONFault.first(in: body) { throw fault.rejection }
        throw Rejection(decoding: error)
    }
}
