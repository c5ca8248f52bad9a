import Foundation

/// The documents that are made from the contracts, so that they cannot tell anything else.
public enum MessageDocuments {
    /// A file by its path from the root of the repository, and what is in it.
    public struct Document: Sendable, Equatable {
        public let path: String
        public let text: String
    }

    /// Every generated file: a JSON Schema per message, one for the envelope, and `asyncapi.yaml`.
    public static func all() throws -> [Document] {
        let schemas = try Registry.contracts.map { contract in
            Document(path: "docs/schemas/\(contract.name).json", text: try schemaFile(contract))
        }
        let envelope = Document(
            path: "docs/schemas/envelope.json",
            text: try json(
                SchemaFile(id: "envelope", title: "envelope", description: envelopeSummary, Schema.of(Envelope.self))
            )
        )
        return schemas + [envelope, Document(path: "asyncapi.yaml", text: AsyncAPI.text(of: Registry.contracts))]
    }

    /// A contract's golden sample, as it is stored.
    public static func sample(of contract: any Contract.Type) throws -> String { try json(contract.example) }

    private static let envelopeSummary =
        "What every message says about itself: a CloudEvent 1.0 in JSON's structured mode. `data` is the message."

    private static func schemaFile(_ contract: any Contract.Type) throws -> String {
        let file = SchemaFile(
            id: contract.name.text,
            title: contract.name.text,
            description: contract.summary,
            try Schema.of(contract)
        )
        return try json(file)
    }

    private static func json(_ value: some Encodable) throws -> String {
        let encoder = Wire.encoder
        encoder.outputFormatting.insert(.prettyPrinted)
        return String(decoding: try encoder.encode(value), as: UTF8.self) + "\n"
    }

    /// A JSON Schema with its head.
    private struct SchemaFile: Encodable {
        let id: String
        let title: String
        let description: String
        let schema: Schema

        init(id: String, title: String, description: String, _ schema: Schema) {
            self.id = id
            self.title = title
            self.description = description
            self.schema = schema
        }

        private enum Keys: String, CodingKey {
            case dialect = "$schema"
            case id = "$id"
            case title
            case description
        }

        func encode(to encoder: any Encoder) throws {
            try schema.encode(to: encoder)
            var head = encoder.container(keyedBy: Keys.self)
            try head.encode("https://json-schema.org/draft/2020-12/schema", forKey: .dialect)
            try head.encode("urn:lintel:\(id)", forKey: .id)
            try head.encode(title, forKey: .title)
            try head.encode(description, forKey: .description)
        }
    }
}
