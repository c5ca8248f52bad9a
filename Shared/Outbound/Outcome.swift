/// How a call to somebody else's server ended, told so that one knows whether it may be made again.
public enum Outcome: Sendable, Equatable {
    /// It was taken.
    case accepted(Reply)
    /// It was refused, and would be again: a mailbox that does not exist, a number that is none.
    case refusedForGood(Reply)
    /// It was refused for the time being: a full mailbox, greylisting, a busy gateway.
    case refusedForNow(Reply)
    /// It was handed over and no answer came: it may have been taken. Repeating it may do it twice.
    case unknown(Trouble)
    /// Nothing was handed over: repeating it is safe.
    case notSent(Trouble)
}

/// What the other side said.
public struct Reply: Sendable, Equatable {
    /// The status of HTTP or SMTP.
    public var code: Int
    /// The body of an HTTP answer (16 KiB at most), the last line of an SMTP one.
    ///
    /// It may quote addresses.
    public var text: String

    public init(code: Int, text: String) {
        self.code = code
        self.text = text
    }
}

/// Why there was no answer.
public struct Trouble: Sendable, Equatable {
    public enum Kind: String, Sendable {
        /// No connection: name, route, port.
        case unreachable
        /// The server could not prove who it is, or the CA file is not readable.
        case certificate
        /// The server does not take our user and password.
        case loginRefused = "login-refused"
        case timedOut = "timed-out"
        /// The connection broke.
        case connectionLost = "connection-lost"
        /// libcurl will not do what was asked of it: a malformed address, an option that it lacks.
        case misconfigured
    }

    public var kind: Kind
    /// libcurl's own words.
    public var detail: String

    public init(_ kind: Kind, _ detail: String) {
        self.kind = kind
        self.detail = detail
    }
}
