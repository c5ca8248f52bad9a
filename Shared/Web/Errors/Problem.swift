import Contracts
import Failures
import HTTPTypes
import Hummingbird
import Postgres

/// What went wrong with a request (RFC 9457).
struct Problem: Encodable, Sendable, Equatable {
    let type: String
    let title: String
    let status: Int
    let detail: String
    /// The path that was asked for, without its query.
    var instance = ""
    let code: String
    var field: String?
    var requestId = ""

    init(status: Int, code: String, title: String, detail: String, field: String? = nil) {
        type = "/problems/\(code)"
        self.title = title
        self.status = status
        self.detail = detail
        self.code = code
        self.field = field
    }

    init(_ rejection: Rejection) {
        let status = rejection.kind.status
        self.init(
            status: status.code,
            code: rejection.code,
            title: status.reasonPhrase,
            detail: rejection.message,
            field: rejection.field
        )
    }

    init(_ status: HTTPResponse.Status, detail: String?) {
        let phrase = status.reasonPhrase.isEmpty ? "Error" : status.reasonPhrase
        let isTooLarge = status == .contentTooLarge
        self.init(
            status: status.code,
            code: isTooLarge
                ? "body-too-large" : phrase.lowercased().replacing(" ", with: "-").replacing("'", with: ""),
            title: phrase,
            detail: detail ?? phrase,
            field: isTooLarge ? JSONShape.wholeBody : nil
        )
    }

    /// Says nothing of what is inside: that is in the log, under the same request id.
    static let internalError = Problem(
        status: 500,
        code: "internal-error",
        title: "Internal Server Error",
        detail: "Something went wrong on our side. It has been noted under the request id."
    )

    static let unavailable = Problem(
        status: 503,
        code: "temporarily-unavailable",
        title: "Service Unavailable",
        detail: "The service cannot answer at the moment. Try again shortly."
    )
}

extension Rejection.Kind {
    var status: HTTPResponse.Status {
        switch self {
        case .notFound: .notFound
        case .invalid: .unprocessableContent
        case .conflict: .conflict
        case .forbidden: .forbidden
        case .unauthorized: .unauthorized
        }
    }
}
