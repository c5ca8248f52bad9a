import CPostgres

extension Connection {
    /// Runs statements in the open transaction, in one round trip.
    func run(_ statements: [Statement], in number: UInt64) throws -> [ResultSet] {
        guard let open, open.number == number else {
            throw PostgresError.misuse("the transaction is over")
        }
        guard !statements.isEmpty else { return [] }
        guard !open.hasBegun else { return try checked(exchange(statements)) }
        let begin = Statement(control: open.isReadOnly ? "BEGIN READ ONLY" : "BEGIN")
        self.open?.hasBegun = true
        return Array(try checked(exchange([begin] + statements)).dropFirst())
    }

    /// Runs statements outside a transaction.
    func runAlone(_ statements: [Statement]) throws -> [ResultSet] { try checked(exchange(statements)) }

    private func checked(_ outcome: Outcome) throws -> [ResultSet] {
        if let failure = outcome.failure { throw failure }
        return outcome.results
    }

    /// Commits, if there was anything to commit.
    func commit(_ number: UInt64) throws -> Health {
        guard let open, open.number == number else { throw PostgresError.misuse("the transaction is over") }
        guard open.hasBegun else {
            self.open = nil
            return health
        }
        // Lost before COMMIT was sent: nothing was committed.
        guard !isLost else { throw open.failure ?? PostgresError(message: "the connection was lost") }
        let outcome = try exchange([Statement(control: "COMMIT")])
        self.open = nil
        switch outcome.results.first?.commandTag {
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
        if open.hasBegun, !isLost { _ = try? exchange([Statement(control: "ROLLBACK")]) }
        return health
    }
}
