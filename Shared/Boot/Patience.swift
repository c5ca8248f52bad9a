import Logging
import Postgres

/// Does what a service needs before it can begin, and does it again while the database is away: a restart of the
/// database in that very second is no reason for a service to end.
struct Patience: Sendable {
    let logger: Logger
    var attempts = 60
    var pause: Duration = .seconds(1)

    /// - Parameter body: what may be done again from its beginning.
    /// - Returns: what `body` returns.
    /// - Throws: what `body` throws when trying again will not help, or at the last attempt.
    func callAsFunction<Result>(_ body: () async throws -> Result) async throws -> Result {
        var attempt = 0
        while true {
            do {
                return try await body()
            } catch let error as PostgresError where error.retry != .never && attempt < attempts {
                attempt += 1
                logger.warning("the database is not there yet", metadata: ["error": "\(error)"])
                try await Task.sleep(for: pause)
            }
        }
    }
}
