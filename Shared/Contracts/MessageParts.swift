import Failures
import Foundation

/// A message as it came, taken apart once: its envelope and its data are read from the same places.
public struct MessageParts: Sendable {
    public let bytes: [UInt8]
    /// Nil when only Foundation's decoder can judge it.
    private let document: WireDocument?

    /// - Throws: a ``Rejection`` when the bytes are out of shape.
    public init(_ bytes: [UInt8]) throws {
        try JSONShape.check(bytes)
        self.bytes = bytes
        document = JSONTape(bytes).map { WireDocument($0) }
    }

    /// Reads the envelope and leaves the data alone.
    /// - Throws: a ``Rejection`` that names the field and the rule.
    public func envelope() throws -> Envelope { try read(Envelope.self) }

    /// Reads the data of a message whose type is known.
    /// - Throws: a ``Rejection`` that names the field and the rule.
    public func data<Message: Contract>(as type: Message.Type = Message.self) throws -> Message {
        try read(Carrier<Message>.self).data
    }

    private struct Carrier<Message: Contract>: Decodable {
        var data: Message
    }

    private func read<Value: Decodable>(_ type: Value.Type) throws -> Value {
        if let document, let value = try? document.decode(type, at: 0) { return value }
        return try decodeByFoundation(type, from: bytes)
    }
}

// MARK: - The data as it stands

extension MessageParts {
    /// The data as JSON, without some of its members.
    public func data(without left: Set<String>) throws -> String {
        guard let document, let data = try? document.member("data", of: 0),
            let kept = document.object(data, without: left)
        else {
            var members = try looseData()
            for name in left { members[name] = nil }
            return String(decoding: try Self.serialized(members), as: UTF8.self)
        }
        return String(decoding: kept, as: UTF8.self)
    }

    /// A member of the data as JSON; nil when it is missing or null.
    public func member(_ name: String) throws -> String? {
        guard let document, let data = try? document.member("data", of: 0),
            document.value(at: data).kind == .object, let found = try? document.member(name, of: data) as Int??
        else {
            let member = try looseData()[name]
            guard let member, !(member is NSNull) else { return nil }
            return String(decoding: try Self.serialized(member), as: UTF8.self)
        }
        guard let found, !document.isNull(found) else { return nil }
        return String(decoding: document.json(at: found), as: UTF8.self)
    }

    /// The data of what is beyond our own reader.
    private func looseData() throws -> [String: Any] {
        let body = try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any]
        return body?["data"] as? [String: Any] ?? [:]
    }

    private static func serialized(_ value: Any) throws -> Data {
        try JSONSerialization.data(withJSONObject: value, options: [.withoutEscapingSlashes, .fragmentsAllowed])
    }
}
