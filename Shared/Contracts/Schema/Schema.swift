/// What a value looks like on the wire, as JSON Schema (2020-12) says it.
public indirect enum Schema: Sendable, Equatable {
    /// Text; the format is `uuid`, `date-time` or none.
    case text(format: String?)
    case boolean
    case whole
    case number
    case list(of: Schema)
    /// An object whose keys are free.
    case map(of: Schema)
    case object([Property])

    /// A field of an object.
    public struct Property: Sendable, Equatable {
        public let name: String
        public let schema: Schema
        public let isRequired: Bool

        public init(name: String, schema: Schema, isRequired: Bool) {
            self.name = name
            self.schema = schema
            self.isRequired = isRequired
        }
    }

    /// Finds out what a type looks like by watching what it asks a decoder for.
    /// - Throws: what the type's own decoding throws at made-up values.
    public static func of(_ type: any Decodable.Type) throws -> Schema {
        try SchemaDecoder.schema(of: type)
    }
}

extension Schema: Encodable {
    private enum Keys: String, CodingKey {
        case type
        case format
        case items
        case properties
        case required
        case additionalProperties
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Keys.self)
        switch self {
        case .text(let format):
            try container.encode("string", forKey: .type)
            try container.encodeIfPresent(format, forKey: .format)
        case .boolean: try container.encode("boolean", forKey: .type)
        case .whole: try container.encode("integer", forKey: .type)
        case .number: try container.encode("number", forKey: .type)
        case .list(let element):
            try container.encode("array", forKey: .type)
            try container.encode(element, forKey: .items)
        case .map(let value):
            try container.encode("object", forKey: .type)
            try container.encode(value, forKey: .additionalProperties)
        case .object(let properties):
            try container.encode("object", forKey: .type)
            try container.encode(
                Dictionary(uniqueKeysWithValues: properties.map { ($0.name, $0.schema) }),
                forKey: .properties
            )
            let required = properties.filter(\.isRequired).map(\.name).sorted()
            if !required.isEmpty { try container.encode(required, forKey: .required) }
        }
    }
}
