import CPostgres
import Foundation
import Logging
import Threads

/// One connection to the server, on a thread of its own.
///
/// libpq blocks and must not be called from two threads at once; the actor's executor is that thread, so its methods
/// call libpq plainly. The connection is in pipeline mode and non-blocking but for scripts and COPY.
actor Connection {
    private nonisolated let thread: OwnedThread
    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    /// Lets other threads cut the connection.
    nonisolated let line = Line()
    private let notices: Notices
    private var handle: Handle?
    var cache = StatementCache()
    /// The transaction that is open on it, if there is one.
    var open: OpenTransaction?
    /// What was sent already and has not been answered yet.
    var ahead: [Step] = []
    private var transactions: UInt64 = 0
    private var lastUse = ContinuousClock.now
    /// The server is going away or has become a standby: the other connections to it are worth nothing either.
    var sawFailover = false
    /// Payloads that have come and that nobody has taken yet, by channel.
    var arrived: [String: [String]] = [:]

    /// How often a connection that idles is asked whether it still lives.
    private static let trustedFor = Duration.seconds(30)

    init(logger: Logger) {
        thread = OwnedThread(name: "postgres")
        notices = Notices(logger)
    }

    // No job can be waiting when nobody holds the actor any more, so that the thread may end only here.
    deinit { thread.finish() }

    func connect(to configuration: Database.Configuration) throws {
        guard let pointer = try Target(configuration).connect() else {
            throw PostgresError(message: "out of memory")
        }
        let handle = Handle(pointer, line: line)
        guard PQstatus(pointer) == CONNECTION_OK else { throw PostgresError(connection: pointer) }
        notices.attach(to: pointer)
        line.attach(PQsocket(pointer))
        guard PQsetnonblocking(pointer, 1) == 0, PQenterPipelineMode(pointer) == 1 else {
            throw PostgresError(connection: pointer)
        }
        self.handle = handle
    }

    func close() {
        handle = nil
        open = nil
        ahead = []
    }

    /// libpq's connection.
    /// - Throws: ``PostgresError`` when it was closed or lost.
    func live() throws -> OpaquePointer {
        guard let handle, !isLost else { throw PostgresError(message: "the connection is closed") }
        return handle.pointer
    }

    /// It can never be used again.
    var isLost: Bool {
        guard let handle else { return true }
        return line.isCut || PQstatus(handle.pointer) == CONNECTION_BAD
    }

    /// Whether it may go back to the pool: alive, and no transaction left open.
    var health: Health {
        if sawFailover { return .serverGone }
        guard !isLost, let handle, PQtransactionStatus(handle.pointer) == PQTRANS_IDLE else { return .broken }
        return .good
    }

    /// Starts a transaction, whose BEGIN goes out with its first statement.
    /// - Returns: its number, or nil when the connection has died in the meantime.
    func begin(readOnly: Bool) -> UInt64? {
        guard isAlive() else { return nil }
        transactions += 1
        open = OpenTransaction(number: transactions, isReadOnly: readOnly)
        return transactions
    }

    /// Whether the server is still there, which is asked of it only after a while of silence.
    private func isAlive() -> Bool {
        guard let connection = try? live(), health == .good else { return false }
        // What a server that ends a session says last is found here, without a round trip.
        let hasNews = Self.isReadable(PQsocket(connection))
        guard hasNews || ContinuousClock.now - lastUse > Self.trustedFor else { return true }
        return answers()
    }

    private static func isReadable(_ socket: Int32) -> Bool {
        var watched = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
        return poll(&watched, 1, 0) != 0
    }

    /// Asks the server.
    func answers() -> Bool {
        guard let outcome = try? exchange([Statement(control: "SELECT 1")]) else { return false }
        return outcome.failure == nil
    }

    func noteUse() { lastUse = .now }
}

extension Connection {
    enum Health: Sendable {
        case good
        /// Lost, or in a state that nobody knows.
        case broken
        /// Lost together with its server.
        case serverGone
    }

    struct OpenTransaction {
        let number: UInt64
        let isReadOnly: Bool
        var hasBegun = false
        /// The first statement that failed in it, after which PostgreSQL takes no other.
        var failure: PostgresError?
    }

    /// Owns libpq's connection and closes it, in case nobody else did.
    private final class Handle {
        let pointer: OpaquePointer
        private let line: Line

        init(_ pointer: OpaquePointer, line: Line) {
            self.pointer = pointer
            self.line = line
        }

        deinit {
            line.detach()
            PQfinish(pointer)
        }
    }
}
