import Foundation
public import HTTPTypes
public import Hummingbird
import Logging
import NIOCore
import Synchronization
public import Web

/// Calls a service's routes as a browser or a program would, without a socket.
public struct RouteClient: Sendable {
    private let respond: @Sendable (Request, WebContext) async throws -> Response
    private let signIn: TestSignIn?

    /// `signIn` must be the one whose verifier the server was given; without it nobody can be signed in.
    public init<Responder: HTTPResponder<WebContext>>(_ responder: Responder, signIn: TestSignIn? = nil) {
        respond = { try await responder.respond(to: $0, context: $1) }
        self.signIn = signIn
    }

    /// Opens a page or asks the API; `as` signs in by cookie, as a browser does.
    public func get(
        _ path: String,
        as principal: Principal? = nil,
        headers: HTTPFields = [:]
    ) async throws -> RouteAnswer {
        try await send(.get, path, headers: headers, session: try await session(principal))
    }

    /// Posts a form as a browser does, with the token that its page would have held unless `token` says otherwise.
    public func post(
        _ path: String,
        form: [String: String],
        as principal: Principal? = nil,
        token: String? = nil,
        headers: HTTPFields = [:]
    ) async throws -> RouteAnswer {
        let session = try await session(principal)
        var form = form
        form["_csrf"] = token ?? FormToken.of(session ?? Self.visitor)
        var headers = headers
        headers[.contentType] = "application/x-www-form-urlencoded"
        let body = form.map { "\(Self.escaped($0.key))=\(Self.escaped($0.value))" }.joined(separator: "&")
        return try await send(.post, path, headers: headers, body: body, session: session)
    }

    /// Posts a form with a file as a browser does, with its token in the address.
    public func post(
        _ path: String,
        file: String,
        named name: String,
        as principal: Principal? = nil,
        token: String? = nil
    ) async throws -> RouteAnswer {
        let session = try await session(principal)
        let boundary = "----\(UUID().uuidString)"
        let body =
            "--\(boundary)\r\nContent-Disposition: form-data; name=\"file\"; filename=\"\(name)\"\r\n"
            + "Content-Type: text/csv\r\n\r\n\(file)\r\n--\(boundary)--\r\n"
        let address = path + "?_csrf=" + (token ?? FormToken.of(session ?? Self.visitor))
        let headers: HTTPFields = [.contentType: "multipart/form-data; boundary=\(boundary)"]
        return try await send(.post, address, headers: headers, body: body, session: session)
    }

    /// Posts JSON as a program does: `as` signs in by bearer token.
    public func post(
        _ path: String,
        json: String,
        as principal: Principal? = nil,
        headers: HTTPFields = [:]
    ) async throws -> RouteAnswer {
        var headers = headers
        headers[.contentType] = "application/json"
        if let token = try await session(principal) { headers[.authorization] = "Bearer \(token)" }
        return try await send(.post, path, headers: headers, body: json)
    }

    /// Sends anything at all.
    public func send(
        _ method: HTTPRequest.Method,
        _ path: String,
        headers: HTTPFields = [:],
        body: String = "",
        session: String? = nil
    ) async throws -> RouteAnswer {
        var fields = headers
        if fields[.accept] == nil { fields[.accept] = "text/html" }
        var cookies = ["lintel_visitor=\(Self.visitor)"] + (session.map { ["lintel_session=\($0)"] } ?? [])
        // Whoever is signed in has a language of their own, which goes before what the browser asks for: they choose.
        if session != nil, headers[.cookie] == nil, let language = headers[.acceptLanguage] {
            cookies.append("lintel_lang=\(language)")
        }
        fields[.cookie] = (cookies + (headers[.cookie].map { [$0] } ?? [])).joined(separator: "; ")
        let head = HTTPRequest(method: method, scheme: nil, authority: nil, path: path, headerFields: fields)
        let request = Request(head: head, body: RequestBody(buffer: ByteBuffer(string: body)))
        let context = WebContext(logger: Logger(label: "route-client") { _ in SwiftLogNoOpLogHandler() })
        let response = try await respond(request, context)
        let written = WrittenBody()
        try await response.body.write(BodyCollector(into: written))
        return RouteAnswer(status: response.status.code, headers: response.headers, text: written.text)
    }

    private static let visitor = "test-visitor"

    private func session(_ principal: Principal?) async throws -> String? {
        guard let principal else { return nil }
        guard let signIn else { preconditionFailure("give RouteClient a TestSignIn to sign somebody in") }
        return try await signIn.issuer.issue(for: principal).token
    }

    private static func escaped(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    }
}

/// What came back.
public struct RouteAnswer: Sendable {
    public let status: Int
    public let headers: HTTPFields
    public let text: String

    /// The body as JSON.
    public func json<T: Decodable>(_ type: T.Type) throws -> T {
        try JSONDecoder().decode(T.self, from: Data(text.utf8))
    }

    /// The words that the glossary lacks, as the page shows them.
    public var missingWords: [String] {
        text.matches(of: /⟦[^⟧]*⟧/).map { String($0.output) }
    }
}

/// A pair of keys for one test: what signs people in and what checks it.
public struct TestSignIn: Sendable {
    public let issuer: TokenIssuer
    public let verifier: TokenVerifier

    public init(issuer name: String = "lintel", audience: String = "lintel", lifetime: Duration = .seconds(600)) throws
    {
        let folder = URL.temporaryDirectory.appending(path: "lintel-keys-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let key = folder.appending(path: "private.pem").path
        let jwks = folder.appending(path: "jwks.json").path
        try TokenIssuer.generateKeys(privateKeyFile: key, jwksFile: jwks)
        issuer = try TokenIssuer(privateKeyFile: key, issuer: name, audience: audience, lifetime: lifetime)
        verifier = try TokenVerifier(jwks: issuer.jwks, issuer: "lintel", audience: "lintel")
    }
}

private final class WrittenBody: Sendable {
    private let buffer = Mutex(ByteBuffer())

    func append(_ part: ByteBuffer) {
        buffer.withLock { _ = $0.writeImmutableBuffer(part) }
    }

    var text: String { buffer.withLock { String(buffer: $0) } }
}

private struct BodyCollector: ResponseBodyWriter {
    private let written: WrittenBody

    init(into written: WrittenBody) {
        self.written = written
    }

    mutating func write(_ buffer: ByteBuffer) async throws {
        written.append(buffer)
    }

    consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
}
