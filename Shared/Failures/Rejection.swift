/// Why the business says no.
///
/// Shown to people, never retried, logged at info at most. `code` is stable and may be relied upon by clients;
/// `message` is for people and may change.
public struct Rejection: Error, Equatable, Sendable {
    /// What kind of no it is.
    ///
    /// The HTTP edge turns it into a status, the messaging edge into a settlement.
    public enum Kind: String, Sendable {
        /// The thing spoken of does not exist (or not yet: messages arrive out of order).
        case notFound
        /// The input breaks a rule that its sender could have known.
        case invalid
        /// The input was fine, but the state of the thing does not allow it now.
        case conflict
        /// The actor may not do this.
        case forbidden
        /// Nobody is signed in, or the sign-in has ended.
        case unauthorized
    }

    public let kind: Kind
    /// A stable slug such as `stage-not-reachable`.
    public let code: String
    /// One sentence for people.
    public let message: String
    /// The field of the input that is at fault, as a JSON pointer without the leading slash: `person/phones/0`.
    public let field: String?

    public init(_ kind: Kind, _ code: String, _ message: String, field: String? = nil) {
        self.kind = kind
        self.code = code
        self.message = message
        self.field = field
    }

    /// The input breaks a rule; `field` says where.
    public static func invalid(_ field: String, _ code: String, _ message: String) -> Rejection {
        Rejection(.invalid, code, message, field: field)
    }

    /// There is no such thing.
    public static func notFound(_ what: String, _ id: some CustomStringConvertible) -> Rejection {
        Rejection(.notFound, "\(what)-not-found", "There is no \(what) \(id).")
    }
}
