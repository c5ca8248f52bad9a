import CPostgres

/// What libpq does not do in pipeline mode.
extension Connection {
    /// Runs a text of several statements.
    func script(_ text: String, in number: UInt64) throws {
        // So that the transaction has begun.
        _ = try run([Statement(control: "SELECT 1")], after: Postponed(), in: number)
        try outsidePipeline { connection in
            guard PQsendQuery(connection, text) == 1 else { throw PostgresError(connection: connection) }
            try finish(connection)
            guard PQtransactionStatus(connection) == PQTRANS_INTRANS else {
                throw PostgresError.misuse("a script must not end the transaction that it runs in")
            }
        }
    }

    /// Sends what follows `COPY … FROM STDIN (FORMAT binary)` and returns how many rows there were.
    func copy(_ command: String, data: [UInt8], in number: UInt64) throws -> Int {
        _ = try run([Statement(control: "SELECT 1")], after: Postponed(), in: number)
        return try outsidePipeline { connection in
            guard PQsendQuery(connection, command) == 1 else { throw PostgresError(connection: connection) }
            let start = PQgetResult(connection)
            let isReady = PQresultStatus(start) == PGRES_COPY_IN
            let refusal = start.map { PostgresError(result: $0) }
            PQclear(start)
            guard isReady else {
                try finish(connection)
                throw refusal ?? PostgresError(connection: connection)
            }
            try put(data, over: connection)
            return try finish(connection)
        }
    }

    private func put(_ data: [UInt8], over connection: OpaquePointer) throws {
        let chunk = 65_536
        for start in stride(from: 0, to: data.count, by: chunk) {
            let length = min(chunk, data.count - start)
            let sent = data.withUnsafeBytes { bytes in
                let base = bytes.assumingMemoryBound(to: CChar.self).baseAddress
                return PQputCopyData(connection, base.map { $0 + start }, Int32(length))
            }
            guard sent == 1 else { throw PostgresError(connection: connection) }
        }
        guard PQputCopyEnd(connection, nil) == 1 else { throw PostgresError(connection: connection) }
    }

    /// Reads until the server is ready again.
    @discardableResult
    private func finish(_ connection: OpaquePointer) throws -> Int {
        var failure: PostgresError?
        var affected = 0
        while let pointer = PQgetResult(connection) {
            let status = PQresultStatus(pointer)
            if status == PGRES_FATAL_ERROR, failure == nil { failure = PostgresError(result: pointer) }
            affected = ResultSet(pointer).affected
            if status == PGRES_COPY_IN || status == PGRES_COPY_OUT {
                line.cut()
                throw PostgresError.misuse("a script cannot COPY from or to the client")
            }
        }
        if let failure { throw failure }
        return affected
    }

    private func outsidePipeline<Result>(_ body: (OpaquePointer) throws -> Result) throws -> Result {
        let connection = try live()
        noteUse()
        guard PQexitPipelineMode(connection) == 1, PQsetnonblocking(connection, 0) == 0 else {
            line.cut()
            throw PostgresError(connection: connection)
        }
        defer {
            if PQsetnonblocking(connection, 1) != 0 || PQenterPipelineMode(connection) != 1 { line.cut() }
        }
        do {
            return try body(connection)
        } catch let error as PostgresError {
            note(error)
            throw error
        }
    }
}
