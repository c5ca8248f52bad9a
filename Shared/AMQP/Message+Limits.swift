extension Message {
    /// RabbitMQ 4 takes no bigger ones.
    static let bodyLimit = 16 << 20
    private static let shortStringLimit = 255

    /// Why the broker would close the channel over this message, and with it lose everything that is in flight; nil
    /// if it may be sent.
    ///
    /// - Parameters:
    ///   - user: the connection's user, which `user_id` must name.
    ///   - frameMax: the properties must fit one frame of this size.
    /// - Returns: a reason that names the field.
    func objection(user: String, frameMax: Int) -> String? {
        let long = shortStrings.first { $0.text.utf8.count > Self.shortStringLimit }
        if let long { return "\(long.name) is longer than 255 bytes" }
        if let userID = properties.userID, userID != user { return "user_id is not the connection's user" }
        if let expiration = properties.expiration, UInt32(expiration) == nil { return "expiration is not a number" }
        if body.count > Self.bodyLimit { return "the body is longer than \(Self.bodyLimit) bytes" }
        for name in ["CC", "BCC"] where properties.headers[name]?.isListOfStrings == false {
            return "\(name) is not a list of strings"
        }
        guard let size = HeaderValue.table(properties.headers).wireSize(depth: 0) else {
            return "the headers are nested too deeply or a key is longer than 255 bytes"
        }
        let header = size + shortStrings.reduce(64) { $0 + 1 + $1.text.utf8.count }
        return header > frameMax - 8 ? "the properties do not fit a frame" : nil
    }

    private var shortStrings: [(name: String, text: String)] {
        [
            ("exchange", exchange), ("routing key", routingKey), ("message_id", properties.messageID ?? ""),
            ("type", properties.type ?? ""), ("content_type", properties.contentType ?? ""),
            ("content_encoding", properties.contentEncoding ?? ""), ("reply_to", properties.replyTo ?? ""),
            ("correlation_id", properties.correlationID ?? ""), ("expiration", properties.expiration ?? ""),
            ("user_id", properties.userID ?? ""), ("app_id", properties.appID ?? ""),
        ]
    }
}

extension HeaderValue {
    fileprivate var isListOfStrings: Bool {
        guard case .list(let values) = self else { return false }
        return values.allSatisfy { if case .string = $0 { true } else { false } }
    }

    /// Bytes on the wire with the letter of the kind, or nil if the value cannot be sent.
    fileprivate func wireSize(depth: Int) -> Int? {
        guard depth <= Self.depthLimit else { return nil }
        switch self {
        case .null: return 1
        case .bool: return 2
        case .int, .double, .timestamp: return 9
        case .string(let text): return 5 + text.utf8.count
        case .bytes(let bytes): return 5 + bytes.count
        case .list(let values):
            return Self.sum(values.lazy.map { $0.wireSize(depth: depth + 1) })
        case .table(let entries):
            return Self.sum(
                entries.lazy.map { key, value in
                    guard key.utf8.count <= 255 else { return nil }
                    return value.wireSize(depth: depth + 1).map { $0 + 1 + key.utf8.count }
                }
            )
        }
    }

    private static func sum(_ sizes: some Sequence<Int?>) -> Int? {
        var total = 5
        for size in sizes {
            guard let size else { return nil }
            total += size
        }
        return total
    }
}
