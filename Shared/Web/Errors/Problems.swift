import Contracts
import Failures
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Postgres

/// The edge where every error becomes an answer: problem details for programs, a page for people.
///
/// It stands outside the sign-in layer, whose refusals it answers, and again inside, where the viewer is known.
/// What nobody foresaw is logged here, once, at error level; what the business refuses is not an error and is not logged.
struct Problems: RouterMiddleware {
    typealias Context = WebContext
    let pages: Pages

    func handle(
        _ request: Request,
        context: WebContext,
        next: (Request, WebContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch {
            var problem = problem(of: error, request, context)
            problem.instance = request.uri.path
            problem.requestId = context.requestID
            var response = try answer(problem, request, knownContext(context, request))
            if let refusal = error as? HTTPError {
                response.headers.append(contentsOf: refusal.headers)
            }
            if problem.status == 503 { response.headers[.retryAfter] = "5" }
            return response
        }
    }

    private func problem(of error: any Error, _ request: Request, _ context: WebContext) -> Problem {
        switch error {
        case let rejection as Rejection:
            return Problem(rejection)
        case let refusal as HTTPError:
            return Problem(refusal.status, detail: refusal.body)
        case let refusal as any HTTPResponseError:
            return Problem(refusal.status, detail: nil)
        case let decoding as DecodingError:
            return Problem(decoding.rejection)
        case is CancellationError:
            return .unavailable
        default:
            context.logger.error(
                "a request failed",
                metadata: [
                    "http.method": "\(request.method.rawValue)", "http.path": "\(request.uri.path)",
                    "error": "\(Scrubbed(error))",
                ]
            )
            return Self.isPassing(error) ? .unavailable : .internalError
        }
    }

    /// Outside the sign-in layer nobody is known: the language is found again, so that its refusals are said in it.
    private func knownContext(_ context: WebContext, _ request: Request) -> WebContext {
        guard context.principal == nil else { return context }
        var context = context
        context.language =
            request.cookies[SessionCookie.language].flatMap { Language(tag: $0.value) }
            ?? request.headers[.acceptLanguage].flatMap(Language.preferred) ?? .english
        return context
    }

    /// Whether the database is away for the moment.
    private static func isPassing(_ error: any Error) -> Bool {
        let cause = (error as? Failure)?.cause ?? error
        return (cause as? PostgresError)?.retry == .whenReachable
    }

    private func answer(_ problem: Problem, _ request: Request, _ context: WebContext) throws -> Response {
        let status = HTTPResponse.Status(code: problem.status)
        switch context.surface {
        case .api:
            // Of refusals there may be hundreds at once; they are plain, and written the quick way.
            return Response(
                status: status,
                headers: [.contentType: "application/problem+json"],
                body: ResponseBody(byteBuffer: ByteBuffer(string: try Wire.json(of: problem)))
            )
        case .fragment:
            return Response(status: status, headers: [.contentType: "text/html; charset=utf-8"])
        case .page where problem.status == 401:
            let next = request.method == .get ? LocalPath(context.target).description : "/sales/today"
            return .redirect(to: "/sales/sign-in?next=\(next.queryEscaped)", type: .normal)
        case .page:
            return try pages.problem(problem, for: context)
        }
    }
}

/// An error's text for the log, shortened and without anything that looks like a number or an address of a person.
private struct Scrubbed: CustomStringConvertible {
    let description: String

    init(_ error: any Error) {
        description = String("\(error)".prefix(600))
            .replacing(/\+?\d[\d \-]{6,}\d/, with: "#")
            .replacing(/[^\s@"'<>()]+@[^\s@"'<>()]+/, with: "@")
    }
}

extension String {
    /// Fit to stand as a value in a query.
    var queryEscaped: String {
        addingPercentEncoding(withAllowedCharacters: .alphanumerics.union(CharacterSet(charactersIn: "-._~/"))) ?? ""
    }
}
