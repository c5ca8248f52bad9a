import AMQP
import Foundation

/// A message's properties as they are kept beside its bytes, so that it can be handled again as it came.
struct StoredProperties: Codable, Sendable {
    var contentType: String?
    var messageID: String?
    var correlationID: String?
    var type: String?
    var userID: String?
    var appID: String?
    var timestamp: Date?
    /// Headers in readable form, for people.
    var headers: [String: String]

    init(_ properties: Properties) {
        contentType = properties.contentType?.withoutNUL
        messageID = properties.messageID?.withoutNUL
        correlationID = properties.correlationID?.withoutNUL
        type = properties.type?.withoutNUL
        userID = properties.userID?.withoutNUL
        appID = properties.appID?.withoutNUL
        timestamp = properties.timestamp
        headers = Dictionary(
            properties.headers.map { ($0.key.withoutNUL, StoredProperties.text(of: $0.value).withoutNUL) }
        ) { first, _ in first }
    }

    /// The properties that matter to a handler.
    ///
    /// Headers belong to the broker's side of the story and are not restored, but for the trace's.
    var restored: Properties {
        var properties = Properties()
        properties.contentType = contentType
        properties.messageID = messageID
        properties.correlationID = correlationID
        properties.type = type
        properties.userID = userID
        properties.appID = appID
        properties.timestamp = timestamp
        if let traceparent = headers["traceparent"] { properties.headers["traceparent"] = .string(traceparent) }
        return properties
    }

    private static func text(of value: HeaderValue) -> String {
        switch value {
        case .bool(let value): "\(value)"
        case .int(let value): "\(value)"
        case .double(let value): "\(value)"
        case .string(let value): value
        case .bytes(let value): "\(value.count) bytes"
        case .timestamp(let value): "\(value)"
        case .list(let values): "[" + values.map(text).joined(separator: ", ") + "]"
        case .table(let table):
            "{" + table.sorted { $0.key < $1.key }.map { "\($0.key): \(text(of: $0.value))" }.joined(separator: ", ")
                + "}"
        case .null: "null"
        }
    }
}

extension Delivery {
    /// A message that was kept, as if the broker brought it once more.
    init(again body: [UInt8], _ properties: StoredProperties, exchange: String, routingKey: String) {
        self.init(
            tag: Delivery.Tag(epoch: 0, number: 0),
            exchange: exchange,
            routingKey: routingKey,
            isRedelivered: true,
            properties: properties.restored,
            body: body
        )
    }
}
