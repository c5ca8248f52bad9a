import CPostgres

extension Connection {
    /// Runs statements in the open transaction, in one round trip.
    func run(_ statements: [Statement], in number: UInt64) throws -> [ResultSet] {
        guard let open, open.number == number else {
            throw PostgresError.misuse("the transaction is over")
        }
        guard !statements.isEmpty else { return [] }
        guard !open.hasBegun else { return try checked(exchange(statements)) }
        self.open?.hasBegun = true
        return Array(try checked(exchange([beginning(open)] + statements)).dropFirst())
    }

    private func beginning(_ open: OpenTransaction) -> Statement {
        Statement(control: open.isReadOnly ? "BEGIN READ ONLY" : "BEGIN")
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
    func commit(_ number: UInt64, after postponed: [Statement]) throws -> Health {
        guard let open, open.number == number else { throw PostgresError.misuse("the transaction is over") }
        guard open.hasBegun || !postponed.isEmpty else {
            self.open = nil
            return health
        }
        // Lost before COMMIT was sent: nothing was committed.
        guard !isLost else { throw open.failure ?? PostgresError(message: "the connection was lost") }
        let statements = (open.hasBegun ? [] : [beginning(open)]) + postponed + [Statement(control: "COMMIT")]
        self.open?.hasBegun = true
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
        if open.hasBegun, !isLost { _ = try? exchange([Statement(control: "ROLLBACK")]) }
        return health
    }
}
