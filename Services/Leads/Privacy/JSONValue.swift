import Foundation

/// Any JSON, to be written inside other JSON.
enum JSONValue: Encodable, Sendable {
    case null
    case flag(Bool)
    case number(Double)
    case whole(Int64)
    case text(String)
    case list([JSONValue])
    case object([String: JSONValue])

    init(parsing text: String) {
        let value = try? JSONDecoder().decode(Parsed.self, from: Data(text.utf8))
        self = value?.value ?? .text(text)
    }

    private struct Parsed: Decodable {
        let value: JSONValue

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if container.decodeNil() {
                value = .null
            } else if let flag = try? container.decode(Bool.self) {
                value = .flag(flag)
            } else if let whole = try? container.decode(Int64.self) {
                value = .whole(whole)
            } else if let number = try? container.decode(Double.self) {
                value = .number(number)
            } else if let text = try? container.decode(String.self) {
                value = .text(text)
            } else if let list = try? container.decode([Parsed].self) {
                value = .list(list.map(\.value))
            } else {
                value = .object(try container.decode([String: Parsed].self).mapValues(\.value))
            }
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .flag(let flag): try container.encode(flag)
        case .number(let number): try container.encode(number)
        case .whole(let whole): try container.encode(whole)
        case .text(let text): try container.encode(text)
        case .list(let list): try container.encode(list)
        case .object(let object): try container.encode(object)
        }
    }
}
