import CPostgres
import Foundation

extension Connection {
    /// What came back for the statements that were sent together.
    struct Outcome {
        var results: [ResultSet] = []
        /// The first error.
        ///
        /// What followed it was not done.
        var failure: PostgresError?
    }

    enum Step {
        case execute(Statement, name: String?)
        case prepare(Statement, name: String)
        case deallocate(String)
    }

    /// Sends statements with one synchronisation point behind them, and reads every answer up to it.
    ///
    /// The outcome has the results of these only; an error may also be one of those that were sent ahead of them.
    /// - Throws: ``PostgresError`` only when nothing could be sent; later errors are part of the outcome.
    func exchange(_ statements: [Statement]) throws -> Outcome {
        let connection = try live()
        noteUse()
        let steps = plan(statements)
        var outcome = Outcome()
        if send(steps, over: connection), PQpipelineSync(connection) == 1, flush(connection) {
            receive(steps, from: connection, into: &outcome)
        } else {
            line.cut()
            outcome.failure = PostgresError(connection: connection)
        }
        if outcome.failure?.sqlState == "25006", open?.isReadOnly == true { outcome.failure?.isMisuse = true }
        if let failure = outcome.failure { note(failure) }
        return outcome
    }

    /// Sends statements whose answers are read with those of the next exchange, so that the server is at work on them already.
    func sendAhead(_ statements: [Statement]) {
        guard let connection = try? live() else { return }
        let steps = plan(statements)
        ahead += steps
        if !send(steps, over: connection) || !flush(connection) {
            line.cut()
            note(PostgresError(connection: connection))
        }
    }

    func note(_ failure: PostgresError) {
        if open?.failure == nil { open?.failure = failure }
        switch failure.sqlState {
        case "57P01", "57P02", "57P03": sawFailover = true
        // Unless the transaction is meant to be read-only: then it is the statement's fault, not a failover.
        case "25006" where !failure.isMisuse: sawFailover = true
        // A prepared statement is gone, or the table behind it has changed.
        case "26000", "0A000": cache.forgetAll()
        default: break
        }
    }

    private func plan(_ statements: [Statement]) -> [Step] {
        var steps = cache.evict().map(Step.deallocate)
        for statement in statements {
            switch cache.plan(statement) {
            case .unprepared: steps.append(.execute(statement, name: nil))
            case .prepared(let name): steps.append(.execute(statement, name: name))
            case .prepareFirst(let name):
                steps.append(.prepare(statement, name: name))
                steps.append(.execute(statement, name: name))
            }
        }
        return steps
    }

    // MARK: Sending

    private func send(_ steps: [Step], over connection: OpaquePointer) -> Bool {
        var unflushed = 0
        for step in steps {
            guard send(step, over: connection) else { return false }
            unflushed += step.size
            // libpq would keep everything in memory, and the server stop reading until we read its answers.
            if unflushed > 65_536 {
                guard flush(connection) else { return false }
                unflushed = 0
            }
        }
        return true
    }

    private func send(_ step: Step, over connection: OpaquePointer) -> Bool {
        switch step {
        case .deallocate(let name):
            PQsendQueryParams(connection, "DEALLOCATE \(name)", 0, nil, nil, nil, nil, 1) == 1
        case .prepare(let statement, let name):
            PQsendPrepare(connection, name, statement.text, Int32(statement.types.count), statement.types) == 1
        case .execute(let statement, let name?):
            statement.withParameters { count, _, values, lengths, formats in
                PQsendQueryPrepared(connection, name, count, values, lengths, formats, 1) == 1
            }
        case .execute(let statement, nil):
            statement.withParameters { count, types, values, lengths, formats in
                PQsendQueryParams(connection, statement.text, count, types, values, lengths, formats, 1) == 1
            }
        }
    }

    /// Writes all that is waiting and meanwhile reads what comes, so that neither side can block the other.
    private func flush(_ connection: OpaquePointer) -> Bool {
        while true {
            switch PQflush(connection) {
            case 0: return true
            case 1: break
            default: return false
            }
            var socket = pollfd(fd: PQsocket(connection), events: Int16(POLLIN | POLLOUT), revents: 0)
            guard poll(&socket, 1, -1) >= 0 || errno == EINTR else { return false }
            if socket.revents & Int16(POLLOUT) == 0, PQconsumeInput(connection) == 0 { return false }
            if socket.revents & Int16(POLLIN) != 0, PQconsumeInput(connection) == 0 { return false }
        }
    }

    // MARK: Receiving

    /// Reads the answers; a connection that can no longer be trusted to be at a known place is cut.
    private func receive(_ steps: [Step], from connection: OpaquePointer, into outcome: inout Outcome) {
        for step in ahead { receive(step, from: connection, into: &outcome) }
        ahead = []
        outcome.results = []
        for step in steps { receive(step, from: connection, into: &outcome) }
        let end = PQgetResult(connection)
        defer { PQclear(end) }
        guard PQresultStatus(end) != PGRES_PIPELINE_SYNC else { return }
        if outcome.failure == nil { outcome.failure = PostgresError(connection: connection) }
        line.cut()
    }

    private func receive(_ step: Step, from connection: OpaquePointer, into outcome: inout Outcome) {
        let last = answer(from: connection, into: &outcome)
        switch step {
        case .execute: if let last, outcome.failure == nil { outcome.results.append(last) }
        case .prepare(let statement, _): if last == nil { cache.forget(statement) }
        case .deallocate: break
        }
    }

    /// The answer to one step: its result, or nil when it failed or was skipped because an earlier one had failed.
    private func answer(from connection: OpaquePointer, into outcome: inout Outcome) -> ResultSet? {
        var last: ResultSet?
        while let result = PQgetResult(connection) {
            let status = PQresultStatus(result)
            switch status {
            case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY:
                last = ResultSet(result)
                continue
            case PGRES_FATAL_ERROR:
                if outcome.failure == nil { outcome.failure = PostgresError(result: result) }
            case PGRES_PIPELINE_ABORTED: break
            default:
                if outcome.failure == nil { outcome.failure = .misuse("COPY cannot be sent as a statement") }
                line.cut()
            }
            PQclear(result)
            if line.isCut { break }
        }
        return last
    }
}

extension Connection.Step {
    /// About how many bytes it puts on the wire.
    fileprivate var size: Int {
        switch self {
        case .execute(let statement, let name):
            statement.bytes.count + (name == nil ? statement.text.utf8.count : 0) + 64
        case .prepare(let statement, _): statement.text.utf8.count + 64
        case .deallocate: 64
        }
    }
}
