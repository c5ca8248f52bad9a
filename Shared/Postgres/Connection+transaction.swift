import CPostgres

extension Connection {
    /// Sends what was postponed and then these, in one round trip, and returns the results of these.
    func run(_ statements: [Statement], after postponed: Postponed, in number: UInt64) throws -> [ResultSet] {
        guard let open, open.number == number else {
            throw PostgresError.misuse("the transaction is over")
        }
        let earlier = postponed.take()
        guard !(earlier.isEmpty && statements.isEmpty && ahead.isEmpty) else { return [] }
        let first = beginning() + earlier
        return Array(try checked(exchange(first + statements)).dropFirst(first.count))
    }

    /// Sends what was postponed without waiting for the answers.
    func sendAhead(_ postponed: Postponed, in number: UInt64) {
        guard let open, open.number == number, open.failure == nil else { return }
        let statements = postponed.take()
        guard !statements.isEmpty else { return }
        sendAhead(beginning() + statements)
    }

    /// What begins the open transaction, unless it has begun.
    private func beginning() -> [Statement] {
        guard let open, !open.hasBegun else { return [] }
        self.open?.hasBegun = true
        return [Statement(control: open.isReadOnly ? "BEGIN READ ONLY" : "BEGIN")]
    }

    /// The server waits for ROLLBACK.
    private var isInFailedTransaction: Bool {
        guard let connection = try? live() else { return false }
        return PQtransactionStatus(connection) == PQTRANS_INERROR
    }

    /// Runs statements outside a transaction.
    func runAlone(_ statements: [Statement]) throws -> [ResultSet] { try checked(exchange(statements)) }

    private func checked(_ outcome: Outcome) throws -> [ResultSet] {
        if let failure = outcome.failure { throw failure }
        return outcome.results
    }

    /// Sends what was postponed and commits, if there is anything to commit.
    func commit(_ number: UInt64, after postponed: Postponed) throws -> Health {
        guard let open, open.number == number else { throw PostgresError.misuse("the transaction is over") }
        let rest = postponed.take()
        guard open.hasBegun || !rest.isEmpty else {
            self.open = nil
            return health
        }
        // Lost before COMMIT was sent: nothing was committed.
        guard !isLost else { throw open.failure ?? PostgresError(message: "the connection was lost") }
        let statements = beginning() + rest + [Statement(control: "COMMIT")]
        let outcome = try exchange(statements)
        // One of the others failed, and COMMIT was not even looked at: what is open is left to ROLLBACK.
        if let failure = outcome.failure, isInFailedTransaction { throw self.open?.failure ?? failure }
        self.open = nil
        switch outcome.results.dropFirst(statements.count - 1).first?.commandTag {
        case "COMMIT": return health
        case nil: throw Self.commitFailure(outcome.failure)
        default:
            // The body went on after an error: the server answers COMMIT with ROLLBACK.
            throw open.failure ?? PostgresError(sqlState: "25P02", message: "the transaction was rolled back")
        }
    }

    /// An answer of the server says that it did not commit; no answer says nothing.
    private static func commitFailure(_ failure: PostgresError?) -> PostgresError {
        if let failure, failure.sqlState != nil { return failure }
        var unknown = failure ?? PostgresError(message: "the answer to COMMIT never came")
        unknown.isUnknownCommit = true
        return unknown
    }

    /// Rolls back, or gives the connection up when that is not possible.
    func rollback(_ number: UInt64) -> Health {
        guard let open, open.number == number else { return health }
        self.open = nil
        // Behind a statement that failed the server takes none until the next synchronisation point.
        if !ahead.isEmpty, !isLost { _ = try? exchange([]) }
        if open.hasBegun, !isLost { _ = try? exchange([Statement(control: "ROLLBACK")]) }
        return health
    }
}
