import Foundation
import HTTPTypes
import Hummingbird
import Logging
import Metrics
import Traces

/// The outermost layer: names the request, decides what kind of answer is wanted, logs and counts the outcome.
///
/// Logs carry the path and never the query: queries hold phone numbers and search words.
struct RequestStart: RouterMiddleware {
    typealias Context = WebContext
    let uploadLimit: Int

    func handle(
        _ request: Request,
        context: WebContext,
        next: (Request, WebContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        context.requestID = Self.requestID(of: request)
        context.logger[metadataKey: "hb.request.id"] = "\(context.requestID)"
        context.logger[metadataKey: "correlation.id"] = "\(context.requestID)"
        context.surface = Self.surface(of: request)
        context.target = request.head.path ?? "/"
        context.uploadLimit = uploadLimit
        guard let span = begin(request) else { return try await answer(request, context, next) }
        return try await span.run { [context] in
            let response = try await answer(request, context, next)
            let route = context.endpointPath ?? "none"
            span.rename("\(request.method.rawValue) \(route)")
            span.set("http.route", route)
            span.set("http.response.status_code", response.status.code)
            return response
        }
    }

    /// Begins the request's span, as a child of the caller's where it names one; nil when tracing is off.
    private func begin(_ request: Request) -> OngoingSpan? {
        guard Traces.isOn else { return nil }
        let parent = request.headers[.traceparent].flatMap { TraceContext(traceparent: $0) }
        let span = Traces.begin(request.method.rawValue, .server, after: parent)
        span?.set("http.request.method", request.method.rawValue)
        return span
    }

    /// Answers, then logs and counts the answer.
    private func answer(
        _ request: Request,
        _ context: WebContext,
        _ next: (Request, WebContext) async throws -> Response
    ) async throws -> Response {
        let started = ContinuousClock.now
        var response = try await withLogger(context.logger) { _ in try await next(request, context) }
        response.headers[.requestID] = context.requestID
        report(request, response, context, took: started.duration(to: .now))
        return response
    }

    /// The caller's own id where it is a decent one, else a fresh one.
    private static func requestID(of request: Request) -> String {
        let given = request.headers[.requestID] ?? ""
        let isDecent =
            (8...64).contains(given.utf8.count)
            && given.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                    || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
            }
        return isDecent ? given : UUID().uuidString.lowercased()
    }

    private static func surface(of request: Request) -> WebContext.Surface {
        let path = request.uri.path
        if path.contains("/api/") { return .api }
        if path.contains("/fragments/") { return .fragment }
        let accept = request.headers[.accept] ?? ""
        return accept.isEmpty || accept.contains("text/html") || accept.contains("*/*") ? .page : .api
    }

    private func report(_ request: Request, _ response: Response, _ context: WebContext, took: Duration) {
        let status = response.status.code
        let route = context.endpointPath ?? "none"
        let labels = [("method", request.method.rawValue), ("route", route), ("status", "\(status)")]
        Counter(label: "http_requests_total", dimensions: labels).increment()
        Timer(label: "http_request_seconds", dimensions: [("route", route)]).recordNanoseconds(took.nanoseconds)
        context.logger.log(
            level: status < 400 ? .debug : .info,
            "request answered",
            metadata: [
                "http.method": "\(request.method.rawValue)", "http.path": "\(request.uri.path)",
                "http.status": "\(status)", "duration.ms": "\(took.nanoseconds / 1_000_000)",
            ]
        )
    }
}

extension Duration {
    var nanoseconds: Int64 {
        components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000
    }
}

extension HTTPField.Name {
    static let requestID = HTTPField.Name.known("X-Request-ID")
    static let csrfToken = HTTPField.Name.known("X-CSRF-Token")
    static let traceparent = HTTPField.Name.known("traceparent")
    static let idempotencyKey = HTTPField.Name.known("Idempotency-Key")
    static let fetchSite = HTTPField.Name.known("Sec-Fetch-Site")
    static let forwardedFor = HTTPField.Name.known("X-Forwarded-For")
    static let referrerPolicy = HTTPField.Name.known("Referrer-Policy")
    static let permissionsPolicy = HTTPField.Name.known("Permissions-Policy")
    static let accelBuffering = HTTPField.Name.known("X-Accel-Buffering")
    static let frameOptions = HTTPField.Name.known("X-Frame-Options")

    private static func known(_ name: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(name) else { preconditionFailure("\(name) is not a header name") }
        return name
    }
}
