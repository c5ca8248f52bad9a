public import Failures

/// The first thing that keeps a body from being taken as JSON, and the field in which it stands.
///
/// What is taken is RFC 8259 within the limits of RFC 7493 (I-JSON): every text can be stored, every number is the same
/// to every reader.
public struct JSONFault: Error, Equatable, Sendable {
    public enum Kind: String, Sendable {
        case malformed = "malformed-json"
        case notUTF8 = "not-utf8"
        case nestedTooDeeply = "nested-too-deeply"
        case nulCharacter = "nul-character"
        case loneSurrogate = "lone-surrogate"
        case numberOutOfRange = "out-of-range"
    }

    public let kind: Kind
    /// The field as a JSON pointer without its leading slash, `person/phones/0`; `body` for the whole.
    public let field: String
    /// What is wrong there, as the end of a sentence; never a part of the body.
    public let detail: String

    /// Looks for the first fault; nil when there is none.
    ///
    /// One pass without recursion, which keeps no more than the way to where it is.
    public static func first(in body: [UInt8]) -> JSONFault? {
        var scanner = JSONScanner(body)
        do throws(JSONFault) {
            try scanner.scan()
            return nil
        } catch {
            return error
        }
    }

    public var rejection: Rejection { .invalid(field, kind.rawValue, "\(field): \(detail).") }
}
