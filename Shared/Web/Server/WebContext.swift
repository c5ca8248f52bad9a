import Failures
public import Foundation
public import Hummingbird
public import Logging

/// One request: who asks, in which language, and how the answer is to look.
public struct WebContext: RequestContext {
    public var coreContext: CoreRequestContextStorage
    /// Names the request in logs, problems and, as the correlation id, in every message that it causes.
    public internal(set) var requestID: String
    public internal(set) var principal: Principal?
    public internal(set) var language: Language = .english
    /// What kind of answer is wanted.
    public internal(set) var surface: Surface = .page
    /// What a form must carry in `_csrf`; empty where neither a sign-in nor a visitor is known.
    public internal(set) var csrfToken = ""
    /// How the request showed who asks.
    public internal(set) var credential: Credential = .none
    /// The path and query that were asked for: what the language switch comes back to.
    public internal(set) var target = "/"
    public internal(set) var flash: Flash?
    var uploadLimit = 256 * 1_024

    /// The largest body that is read, in bytes.
    public var maxUploadSize: Int { uploadLimit }
    public var requestDecoder: WireDecoder { WireDecoder() }
    public var responseEncoder: WireEncoder { WireEncoder() }

    public init(source: ApplicationRequestContextSource) {
        self.init(logger: source.logger)
    }

    /// A request without a connection: what tests make.
    public init(logger: Logger) {
        coreContext = CoreRequestContextStorage(source: LoggerSource(logger: logger))
        requestID = logger[metadataKey: "hb.request.id"]?.description ?? UUID().uuidString.lowercased()
    }

    /// What kind of answer is wanted.
    public enum Surface: Sendable {
        /// JSON for programs: the path contains `/api/`.
        case api
        /// A piece of a page: the path contains `/fragments/`.
        case fragment
        case page
    }

    /// How a request shows who asks.
    public enum Credential: Sendable, Equatable {
        case none
        /// `Authorization: Bearer`: sent by programs, which no foreign page can make a browser do.
        case bearer
        /// The session cookie: sent by browsers by themselves, so that forms need a token.
        case cookie
    }
}

private struct LoggerSource: RequestContextSource {
    let logger: Logger
}

extension WebContext {
    /// The person who is signed in; nobody is a ``Rejection`` of kind `unauthorized`.
    public func requirePrincipal() throws -> Principal {
        guard let principal else {
            throw Rejection(.unauthorized, "sign-in-required", "Sign in to see this.")
        }
        return principal
    }

    /// The person who is signed in, whose role is one of these or `admin`.
    @discardableResult
    public func requireRole(_ roles: Role...) throws -> Principal {
        try requireRole(oneOf: roles)
    }

    /// The person who is signed in, whose role is one of these or `admin`.
    @discardableResult
    public func requireRole(oneOf roles: [Role]) throws -> Principal {
        let principal = try requirePrincipal()
        guard principal.isOne(of: roles) else {
            throw Rejection(.forbidden, "role-not-allowed", "Your role does not allow this.")
        }
        return principal
    }

    /// The path parameter as a UUID; anything else names nothing that exists.
    public func uuid(_ parameter: String) throws -> UUID {
        let raw = parameters.get(parameter) ?? ""
        guard let id = UUID(uuidString: raw) else {
            throw Rejection(.notFound, "not-found", "There is nothing here.")
        }
        return id
    }

    /// The path parameter as text, with percent escapes decoded.
    public func parameter(_ name: String) throws -> String {
        guard let raw = parameters.get(name), let text = raw.removingPercentEncoding, !text.contains("\0") else {
            throw Rejection(.notFound, "not-found", "There is nothing here.")
        }
        return text
    }
}
