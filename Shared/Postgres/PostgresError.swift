/// What PostgreSQL or libpq said went wrong.
public struct PostgresError: Error, Sendable, CustomStringConvertible {
    /// Whether it makes sense to try again.
    public enum Retry: Sendable, Equatable {
        /// The statement or its values are at fault (SQLSTATE 22…, 23…, 42…): the same again fails the same.
        case never
        /// A race was lost (40001, 40P01, 55P03): at once, with a little jitter.
        case immediately
        /// The server is away, restarting, out of disk or connections (08…, 57P0…, 53…, 25006): when it is back.
        case whenReachable
    }

    /// The five-character SQLSTATE, or nil when the error did not come from the server.
    public var sqlState: String?
    /// The primary message. It never holds parameter values, though the server may quote the offending literal.
    public var message: String
    /// The constraint that was violated, where one was.
    public var constraint: String?
    /// COMMIT was sent and its answer never came: the transaction may have happened or not.
    public var isUnknownCommit: Bool

    public init(sqlState: String? = nil, message: String, constraint: String? = nil, isUnknownCommit: Bool = false) {
        self.sqlState = sqlState
        self.message = message
        self.constraint = constraint
        self.isUnknownCommit = isUnknownCommit
    }

    public var retry: Retry { unwritten() }
    public var description: String { unwritten() }
}
