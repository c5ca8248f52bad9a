import Contracts
import Failures

extension DecodingError {
    /// The same as a refusal that names the field and never quotes its value.
    var rejection: Rejection {
        switch self {
        case .keyNotFound(let key, let context):
            .invalid(Self.pointer(context.codingPath + [key]), "field-missing", "A required field is missing.")
        case .valueNotFound(_, let context):
            .invalid(Self.pointer(context.codingPath), "field-missing", "A required field is null.")
        case .typeMismatch(let type, let context):
            .invalid(
                Self.pointer(context.codingPath),
                "field-wrong-type",
                "The field has the wrong type; wanted: \(Self.name(of: type))."
            )
        case .dataCorrupted(let context) where !context.codingPath.isEmpty:
            .invalid(Self.pointer(context.codingPath), "field-malformed", "The field cannot be read.")
        case .dataCorrupted:
            Rejection(.invalid, "malformed-json", "The body is not valid JSON.", field: JSONShape.wholeBody)
        @unknown default:
            Rejection(.invalid, "malformed-json", "The body is not valid JSON.", field: JSONShape.wholeBody)
        }
    }

    /// The path as a JSON pointer without its leading slash: `person/phones/0`.
    private static func pointer(_ path: [any CodingKey]) -> String {
        path.map { key in
            key.intValue.map(String.init)
                ?? key.stringValue.replacing("~", with: "~0").replacing("/", with: "~1")
        }
        .joined(separator: "/")
    }

    private static func name(of type: any Any.Type) -> String {
        switch "\(type)" {
        case "String": "text"
        case "Int", "Int64", "Double", "Int32", "UInt64": "number"
        case "Bool": "true or false"
        case let name where name.hasPrefix("Array"): "list"
        default: "object"
        }
    }
}
