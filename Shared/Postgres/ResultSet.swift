import CPostgres

/// A result, kept in libpq's memory and read where it lies.
///
/// `@unchecked Sendable`: a PGresult never changes once libpq has handed it over, belongs to no connection, and may be
/// read from several threads (PostgreSQL manual, "Behavior in Threaded Programs"); only `deinit` writes to it, when
/// nobody is left to read.
final class ResultSet: @unchecked Sendable {
    private let result: OpaquePointer
    /// The OID of each column's type.
    let types: [UInt32]
    /// Where each column is, by its name; of two with the same name the first.
    let columns: [String: Int32]

    /// Takes the result over.
    init(_ result: OpaquePointer) {
        self.result = result
        let fields = PQnfields(result)
        types = (0..<fields).map { PQftype(result, $0) }
        var columns: [String: Int32] = [:]
        if PQntuples(result) > 0 {
            columns.reserveCapacity(Int(fields))
            for field in (0..<fields).reversed() {
                if let name = PQfname(result, field) { columns[String(cString: name)] = field }
            }
        }
        self.columns = columns
    }

    deinit { PQclear(result) }

    var rows: [Row] { (0..<PQntuples(result)).map { Row(result: self, index: $0) } }

    /// How many rows the statement changed, or found.
    var affected: Int { PQcmdTuples(result).flatMap { Int(String(cString: $0)) } ?? 0 }

    /// What was done: `COMMIT`, `INSERT 0 5`.
    var commandTag: String { PQcmdStatus(result).map { String(cString: $0) } ?? "" }

    /// Calls `body` with the bytes of a value, which live no longer than the call; nil is NULL.
    func withValue<Value>(
        row: Int32,
        column: Int32,
        _ body: (UnsafeRawBufferPointer?) throws -> Value
    ) rethrows -> Value {
        guard PQgetisnull(result, row, column) == 0 else { return try body(nil) }
        let bytes = UnsafeRawBufferPointer(
            start: PQgetvalue(result, row, column),
            count: Int(PQgetlength(result, row, column))
        )
        return try withExtendedLifetime(self) { try body(bytes) }
    }
}
