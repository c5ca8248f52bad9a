import Failures
import Foundation
import Postgres

extension Error {
    /// What the database said of trying again, also when a step has wrapped its error.
    var databaseRetry: PostgresError.Retry? {
        if let error = self as? PostgresError { return error.retry }
        return (self as? Failure)?.cause.databaseRetry
    }

    /// The error without the steps around it.
    var innermost: any Error { (self as? Failure)?.cause.innermost ?? self }
}

/// What becomes of a message that could not be handled.
///
/// The one place where this is decided.
enum Settlement: Equatable {
    /// The fault is not the message's: nothing is settled, and everything waits until the outage is over.
    case waitForRecovery
    case retry(after: Duration)
    /// A slug, the explanation, and the field at fault.
    case dead(reason: String, detail: String, field: String?)

    /// Delays of ±20 % before the second, third, … attempt.
    static let ladder: [Duration] = [
        .seconds(1), .seconds(5), .seconds(30), .seconds(120), .seconds(600), .seconds(3_600), .seconds(21_600),
    ]

    /// Decides by the kind of the error; `attempt` is how many times it has been tried, this time included.
    static func of(_ error: any Error, attempt: Int) -> Settlement {
        switch error.innermost {
        case let rejection as Rejection where rejection.kind == .notFound:
            // Messages arrive out of order: what is spoken of may still come.
            return again(attempt, orElse: rejection.code, rejection.message, field: rejection.field)
        case let rejection as Rejection:
            return .dead(reason: rejection.code, detail: rejection.message, field: rejection.field)
        case let error as PostgresError where error.retry == .whenReachable:
            return .waitForRecovery
        case let error as PostgresError where error.retry == .never:
            return .dead(reason: "database-refused", detail: error.description, field: nil)
        default:
            return again(attempt, orElse: "attempts-exhausted", "\(error)", field: nil)
        }
    }

    private static func again(_ attempt: Int, orElse reason: String, _ detail: String, field: String?) -> Settlement {
        guard attempt <= ladder.count else { return .dead(reason: reason, detail: detail, field: field) }
        return .retry(after: ladder[attempt - 1] * Double.random(in: 0.8...1.2))
    }
}
