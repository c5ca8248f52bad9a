import Synchronization

/// An open transaction.
///
/// Valid only inside the closure that it was handed to.
public struct Transaction: Sendable {
    let connection: Connection
    let number: UInt64
    let postponed = Postponed()

    /// Sends a statement together with the next one, at the latest with COMMIT: who needs no answer saves the round trip.
    ///
    /// Statements keep their order. If it fails, whatever is sent next throws its error. A big one is on its way at once, so
    /// that the server works while the next one is put together.
    /// - Throws: ``PostgresError`` when a value cannot be sent at all.
    public func later(_ sql: SQL) throws {
        guard postponed.add(try Statement(sql)) else { return }
        Task { [connection, postponed, number] in await connection.sendAhead(postponed, in: number) }
    }

    /// Runs a statement and returns how many rows it changed.
    @discardableResult
    public func execute(_ sql: SQL) async throws -> Int { try await result(sql).affected }

    /// Runs a query and returns its rows.
    public func rows(_ sql: SQL) async throws -> [Row] { try await result(sql).rows }

    /// Runs a query and maps its rows.
    public func all<Value>(_ sql: SQL, as map: (Row) throws -> Value) async throws -> [Value] {
        try await rows(sql).map(map)
    }

    /// Runs a query and maps its first row, if there is one.
    public func first<Value>(_ sql: SQL, as map: (Row) throws -> Value) async throws -> Value? {
        try await rows(sql).first.map(map)
    }

    /// Sends several statements in one round trip and returns the rows of each.
    public func pipeline(_ statements: [SQL]) async throws -> [[Row]] {
        try await run(try statements.map { try Statement($0) }).map(\.rows)
    }

    /// Runs several statements without parameters: migrations.
    public func script(_ text: String) async throws {
        try Statement.refuseNUL(text)
        _ = try await run([])
        try await connection.cuttable { try await connection.script(text, in: number) }
    }

    /// Copies rows into a table (COPY … FROM STDIN, binary) and returns how many.
    ///
    /// Whole numbers are brought to the width of their column; otherwise a value must have its column's type.
    @discardableResult
    public func copy(into table: String, columns: [String], rows: [[any PostgresBindable]]) async throws -> Int {
        let target = table.split(separator: ".").map { SQL.quoted(String($0)) }.joined(separator: ".")
        let list = columns.map(SQL.quoted).joined(separator: ", ")
        let types = try await result(SQL(stringLiteral: "SELECT \(list) FROM \(target) LIMIT 0")).types
        let data = try CopyData(columns: columns, types: types, rows: rows).bytes
        let command = "COPY \(target) (\(list)) FROM STDIN (FORMAT binary)"
        return try await connection.cuttable { try await connection.copy(command, data: data, in: number) }
    }

    private func result(_ sql: SQL) async throws -> ResultSet {
        guard let first = try await run([try Statement(sql)]).first else {
            throw PostgresError(message: "the server sent no result")
        }
        return first
    }

    /// Sends what was postponed and then these, and returns the results of these.
    private func run(_ statements: [Statement]) async throws -> [ResultSet] {
        try await connection.cuttable { try await connection.run(statements, after: postponed, in: number) }
    }
}

/// The statements of a transaction whose answers nobody waits for.
final class Postponed: Sendable {
    /// From how many bytes on it is worth waking the connection's thread for them.
    private static let worthSending = 16_384

    private let statements = Mutex<[Statement]>([])

    /// - Returns: whether there is enough to be sent.
    func add(_ statement: Statement) -> Bool {
        statements.withLock { statements in
            statements.append(statement)
            return statements.reduce(0) { $0 + $1.bytes.count } >= Self.worthSending
        }
    }

    func take() -> [Statement] {
        statements.withLock { statements in
            defer { statements = [] }
            return statements
        }
    }
}

extension Connection {
    /// Runs `body`; when the task is cancelled meanwhile, cuts the connection, so that it fails at once.
    ///
    /// PostgreSQL's own cancel request would go over a second connection and could hit the next statement.
    nonisolated func cuttable<Result: Sendable>(_ body: () async throws -> Result) async throws -> Result {
        try Task.checkCancellation()
        do {
            return try await withTaskCancellationHandler(operation: body) { line.cut() }
        } catch {
            try Task.checkCancellation()
            throw error
        }
    }
}
