import CPostgres
import Logging

/// Takes the server's notices, which libpq would else print on standard error.
///
/// Their text is not logged, since functions raise notices with values in them.
final class Notices: Sendable {
    private let logger: Logger

    init(_ logger: Logger) { self.logger = logger }

    /// Must be kept alive for as long as the connection.
    func attach(to connection: OpaquePointer) {
        PQsetNoticeReceiver(
            connection,
            { context, result in
                guard let context, let result else { return }
                Unmanaged<Notices>.fromOpaque(context).takeUnretainedValue().note(result)
            },
            Unmanaged.passUnretained(self).toOpaque()
        )
    }

    private func note(_ result: OpaquePointer) {
        let severity = lintel_pg_severity(result).map { String(cString: $0) } ?? "NOTICE"
        let state = lintel_pg_sqlstate(result).map { String(cString: $0) } ?? "none"
        logger.debug(
            "PostgreSQL sent a notice",
            metadata: ["postgres.severity": "\(severity)", "postgres.sqlstate": "\(state)"]
        )
    }
}
