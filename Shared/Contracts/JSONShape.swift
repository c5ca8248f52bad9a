public import Failures

/// What is checked of JSON from outside before anything is decoded: cheap, in one pass, without recursion.
public enum JSONShape {
    /// No message may be larger, in bytes.
    public static let sizeLimit = 256 * 1_024
    /// No honest message nests deeper.
    ///
    /// Foundation's decoder recurses, so depth is bounded before it runs.
    public static let depthLimit = 64

    /// 2^53: beyond it a reader in JavaScript, and not only there, sees another number.
    public static let exactLimit: UInt64 = 9_007_199_254_740_992
    /// The field that is named when it is the whole body that is at fault.
    public static let wholeBody = "body"

    /// Checks what Foundation's decoder would take although we cannot, or could not stand.
    /// - Throws: a ``Rejection`` that names the field: for a body that is empty, too large, not UTF-8 or nested too
    ///   deeply, and for U+0000, lone surrogates and numbers beyond 2^53 anywhere in it.
    public static func check(_ body: [UInt8]) throws {
        guard !body.isEmpty else { throw Rejection.invalid(wholeBody, "empty-body", "The body is empty.") }
        guard body.count <= sizeLimit else {
            throw Rejection.invalid(wholeBody, "body-too-large", "The body is larger than 256 KiB.")
        }
        guard String(validating: body, as: UTF8.self) != nil, isHarmless(body) else {
            // Only a suspicion so far: it is looked at closely, which says where the fault is.
            if let fault = JSONFault.first(in: body) { throw fault.rejection }
            return
        }
    }

    /// Whether a quick look finds nothing suspicious: no great depth, and none of the escapes and numbers that must be
    /// looked at closely.
    private static func isHarmless(_ body: [UInt8]) -> Bool {
        body.withUnsafeBufferPointer { body in
            var depth = 0
            var place = 0
            var digits = 0
            while place < body.count {
                let byte = body[place]
                place += 1
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"):
                    digits += 1
                    if digits > 15 { return false }
                    continue
                case UInt8(ascii: "e"), UInt8(ascii: "E"): if digits > 0 { return false }
                case UInt8(ascii: "\""): if !skipString(body, &place) { return false }
                case UInt8(ascii: "["), UInt8(ascii: "{"):
                    depth += 1
                    if depth > depthLimit { return false }
                case UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
                default: break
                }
                digits = 0
            }
            return true
        }
    }

    /// Goes to the end of a string; false when it holds a control character, or an escape that may be
    /// U+0000 or a surrogate.
    private static func skipString(_ body: UnsafeBufferPointer<UInt8>, _ place: inout Int) -> Bool {
        while place < body.count {
            switch body[place] {
            case UInt8(ascii: "\""):
                place += 1
                return true
            case UInt8(ascii: "\\"):
                if place + 3 < body.count, body[place + 1] == UInt8(ascii: "u") {
                    let isNull = body[place + 2] == UInt8(ascii: "0") && body[place + 3] == UInt8(ascii: "0")
                    let isHigh = body[place + 2] | 0x20 == UInt8(ascii: "d") && body[place + 3] >= UInt8(ascii: "8")
                    // `\u00…` is a control character or Latin, which hardly anybody escapes: worth a close look.
                    if isNull || isHigh { return false }
                }
                place += 2
            case ..<0x20: return false
            default: place += 1
            }
        }
        return true
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
            let subject = path == JSONShape.wholeBody ? "The body" : path
            self = .invalid(path, "wrong-type", "\(subject) must be \(Rejection.words(for: type)).")
        case .dataCorrupted(let context) where context.codingPath.isEmpty:
            self = .invalid(JSONShape.wholeBody, "malformed-json", "The body is not valid JSON.")
        case .dataCorrupted(let context):
            let path = Rejection.path(context.codingPath)
            self = .invalid(path, "malformed-value", "\(path) cannot be read: \(context.debugDescription)")
        @unknown default:
            self = .invalid(JSONShape.wholeBody, "malformed-json", "The body cannot be read.")
        }
    }

    private static func path(_ keys: [any CodingKey]) -> String {
        guard !keys.isEmpty else { return JSONShape.wholeBody }
        return keys.map { key in key.intValue.map(String.init) ?? key.stringValue }.joined(separator: "/")
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
