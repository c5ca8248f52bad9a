import CPostgres

extension PostgresError {
    /// The error that the server put into `result`, or libpq itself when the connection broke.
    ///
    /// DETAIL is left out on purpose: it quotes values ("Key (phone)=(…) already exists").
    init(result: OpaquePointer) {
        if let state = lintel_pg_sqlstate(result) {
            self.init(
                sqlState: String(cString: state),
                message: lintel_pg_message(result).map { String(cString: $0) } ?? "no message",
                constraint: lintel_pg_constraint(result).map { String(cString: $0) }
            )
        } else {
            self.init(message: Self.oneLine(PQresultErrorMessage(result)))
        }
    }

    /// What libpq last said about the connection.
    init(connection: OpaquePointer?) {
        self.init(message: Self.oneLine(PQerrorMessage(connection)))
    }

    private static func oneLine(_ text: UnsafePointer<CChar>?) -> String {
        let lines = text.map { String(cString: $0) }?.split(separator: "\n") ?? []
        let message = lines.joined(separator: "; ")
        return message.isEmpty ? "the connection was lost" : message
    }
}
