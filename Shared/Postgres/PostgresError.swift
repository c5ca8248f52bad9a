/// What PostgreSQL or libpq said went wrong.
public struct PostgresError: Error, Sendable, CustomStringConvertible {
    /// Whether it makes sense to try again.
    public enum Retry: Sendable, Equatable {
        /// The statement or its values are at fault (SQLSTATE 22…, 23…, 42…): the same again fails the same.
        case never
        /// A race was lost (40001, 40P01, 55P03): at once, with a little jitter.
        ///
        /// So are a statement that took too long (57014), a transaction that idled too long (25P03) and a prepared
        /// statement that somebody dropped (26000): whoever retries bounds the attempts.
        case immediately
        /// The server is away, restarting, out of disk or connections (08…, 57P0…, 53…, 25006): when it is back.
        case whenReachable
    }

    /// The five-character SQLSTATE, or nil when the error did not come from the server.
    public var sqlState: String?
    /// The primary message.
    ///
    /// It never holds parameter values, though the server may quote the offending literal.
    public var message: String
    /// The constraint that was violated, where one was.
    public var constraint: String?
    /// COMMIT was sent and its answer never came: the transaction may have happened or not.
    public var isUnknownCommit: Bool
    /// The calling code is at fault, not the server: a value that cannot be sent or read, a transaction used wrongly.
    var isMisuse = false

    public init(sqlState: String? = nil, message: String, constraint: String? = nil, isUnknownCommit: Bool = false) {
        self.sqlState = sqlState
        self.message = message
        self.constraint = constraint
        self.isUnknownCommit = isUnknownCommit
    }

    public var retry: Retry {
        if isMisuse { return .never }
        guard let sqlState else { return .whenReachable }
        switch sqlState {
        case "40001", "40P01", "55P03", "57014", "25P03", "26000": return .immediately
        case "25006", "40003": return .whenReachable
        default: break
        }
        let isServerTrouble = ["08", "53", "57P", "58"].contains { sqlState.hasPrefix($0) }
        return isServerTrouble ? .whenReachable : .never
    }

    public var description: String {
        var text = sqlState.map { "PostgreSQL \($0): \(message)" } ?? "PostgreSQL: \(message)"
        if let constraint { text += " (constraint \(constraint))" }
        if isUnknownCommit { text += " (it is not known whether the transaction was committed)" }
        return text
    }

    /// An error of the calling code, which no repetition mends.
    static func misuse(_ message: String) -> PostgresError {
        var error = PostgresError(message: message)
        error.isMisuse = true
        return error
    }

    /// The same error, saying where it happened.
    func at(_ place: String) -> PostgresError {
        var error = self
        error.message = "\(place): \(message)"
        return error
    }
}
