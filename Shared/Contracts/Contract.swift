/// A message that services exchange: an event (past tense) or a command (imperative).
///
/// Within a version only optional fields are added; any other change is a new type with a new name, sent beside the
/// old one until nobody needs it. Enumerations travel as strings, so that a new case breaks no old reader.
public protocol Contract: Codable, Sendable, Equatable {
    /// The name on the wire, written out: a renamed Swift type changes nothing.
    static var name: MessageName { get }
    /// When it is sent, in one sentence; it stands in `asyncapi.yaml`.
    static var summary: String { get }
    /// Whether others may hear of it. What nobody would listen to is journalled, for the record, and not published.
    static var isPublished: Bool { get }
    /// A full sample; its golden JSON is stored and must decode for ever.
    static var example: Self { get }
}

extension Contract {
    public static var isPublished: Bool { true }
}

/// `<service>.<entity>.<fact>.v<N>`.
public struct MessageName: Hashable, Sendable, Codable, CustomStringConvertible, ExpressibleByStringLiteral {
    public let text: String

    public init(stringLiteral value: String) { text = value }
    public init(_ text: String) { self.text = text }

    /// The name without its version: what topic exchanges route by.
    public var routingKey: String {
        guard let dot = text.lastIndex(of: ".") else { return text }
        return String(text[..<dot])
    }

    /// The service that sends it.
    public var service: String { String(text.prefix { $0 != "." }) }

    public var description: String { text }

    public init(from decoder: any Decoder) throws { text = try decoder.singleValueContainer().decode(String.self) }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}
