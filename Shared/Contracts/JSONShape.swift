public import Failures

/// What is checked of JSON from outside before anything is decoded: cheap, in one pass, without recursion.
public enum JSONShape {
    /// No message may be larger, in bytes.
    public static let sizeLimit = 256 * 1_024
    /// No honest message nests deeper.
    ///
    /// Foundation's decoder recurses, so depth is bounded before it runs.
    public static let depthLimit = 64

    /// - Throws: a ``Rejection`` for a body that is empty, too large, not UTF-8 or nested too deeply.
    public static func check(_ body: [UInt8]) throws {
        guard !body.isEmpty else { throw Rejection.invalid("", "empty-body", "The body is empty.") }
        guard body.count <= sizeLimit else {
            throw Rejection.invalid("", "body-too-large", "The body is larger than 256 KiB.")
        }
        guard String(validating: body, as: UTF8.self) != nil else {
            throw Rejection.invalid("", "not-utf8", "The body is not valid UTF-8.")
        }
        guard depth(of: body) <= depthLimit else {
            throw Rejection.invalid("", "nested-too-deeply", "The body nests deeper than 64 levels.")
        }
    }

    private static func depth(of body: [UInt8]) -> Int {
        var depth = 0
        var deepest = 0
        var isInString = false
        var isEscaped = false
        for byte in body {
            if isInString {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isInString = false
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""): isInString = true
            case UInt8(ascii: "["), UInt8(ascii: "{"):
                depth += 1
                deepest = max(deepest, depth)
            case UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
            default: break
            }
        }
        return deepest
    }
}

extension Rejection {
    /// What a decoder found wrong, with the path to the field and the rule, but without the offending value.
    public init(decoding error: DecodingError) {
        switch error {
        case .keyNotFound(let key, let context):
            let path = Rejection.path(context.codingPath + [key])
            self = .invalid(path, "missing-field", "\(path) is required.")
        case .valueNotFound(_, let context):
            let path = Rejection.path(context.codingPath)
            self = .invalid(path, "missing-value", "\(path) must not be null.")
        case .typeMismatch(let type, let context):
            let path = Rejection.path(context.codingPath)
            let subject = path.isEmpty ? "The body" : path
            self = .invalid(path, "wrong-type", "\(subject) must be \(Rejection.words(for: type)).")
        case .dataCorrupted(let context) where context.codingPath.isEmpty:
            self = .invalid("", "malformed-json", "The body is not valid JSON.")
        case .dataCorrupted(let context):
            let path = Rejection.path(context.codingPath)
            self = .invalid(path, "malformed-value", "\(path) cannot be read: \(context.debugDescription)")
        @unknown default:
            self = .invalid("", "malformed-json", "The body cannot be read.")
        }
    }

    private static func path(_ keys: [any CodingKey]) -> String {
        keys.map { key in key.intValue.map(String.init) ?? key.stringValue }.joined(separator: "/")
    }

    private static func words(for type: any Any.Type) -> String {
        switch type {
        case is String.Type: "a string"
        case is Bool.Type: "true or false"
        case is Int.Type, is Int64.Type: "a whole number"
        case is Double.Type: "a number"
        case is [String: Any].Type: "an object"
        case is [Any].Type: "a list"
        default: "of another type"
        }
    }
}
