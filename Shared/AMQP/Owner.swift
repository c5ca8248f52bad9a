import CRabbitMQ
import Foundation
import Logging
import Synchronization

/// What a connection is for: to publish or to consume.
///
/// Lives on the thread of its ``Owner`` and nowhere else.
protocol Role: AnyObject {
    /// The link is up and its topology stands.
    func begin(on link: Link) throws
    func receive(_ event: LinkEvent) throws
    /// Does what is waiting to be done. Answers whether there is more that could be done at once.
    func turn(on link: Link, now: ContinuousClock.Instant) throws -> Bool
    /// The link is gone. What was under way on it will never be answered.
    func lost(_ reason: String)
    /// There is no link, and time goes by.
    func idle(now: ContinuousClock.Instant)
    /// When ``turn(on:now:)`` or ``idle(now:)`` must be called again, at the latest.
    var deadline: ContinuousClock.Instant? { get }
    /// Nothing new is to be begun.
    func drain(on link: Link, now: ContinuousClock.Instant) throws
    func isDrained(now: ContinuousClock.Instant) -> Bool
    /// The thread is about to end.
    func end()
}

/// The one thread that makes, uses and closes a connection, and makes it again whenever it is lost.
///
/// Other threads only leave a wish and ring the bell.
final class Owner: Sendable {
    struct Wishes {
        var state = ConnectionState.connecting(attempt: 1, lastError: nil)
        var isStopping = false
        var isAborting = false
        var wantsReconnect = false
        /// A duplicate of the socket's descriptor, so that shutting it down can never hit another file.
        var lifeline: Int32 = -1
        /// Since when the thread has been busy; nil while it waits for something to happen.
        var busySince: ContinuousClock.Instant?
    }

    let endpoint: Endpoint
    let declarations: [Declaration]
    let logger: Logger
    let meters: Meters
    let bell = Bell()
    let wishes = Mutex(Wishes())

    init(_ endpoint: Endpoint, declaring declarations: [Declaration], logger: Logger) {
        self.endpoint = endpoint
        self.declarations = declarations
        self.meters = Meters(connection: endpoint.connectionName)
        var logger = logger
        logger[metadataKey: "amqp.connection"] = "\(endpoint.connectionName)"
        self.logger = logger
    }

    var state: ConnectionState { wishes.withLock { $0.state } }

    func stop() {
        wishes.withLock { $0.isStopping = true }
        bell.ring()
    }

    /// Stops without waiting for anything.
    func abort() {
        wishes.withLock {
            $0.isStopping = true
            $0.isAborting = true
        }
        cut()
        bell.ring()
    }

    func reconnect() {
        wishes.withLock { $0.wantsReconnect = true }
        bell.ring()
    }

    var isStopping: Bool { wishes.withLock { $0.isStopping } }

    func takeWishes() -> (wantsReconnect: Bool, isStopping: Bool) {
        wishes.withLock { wishes in
            defer { wishes.wantsReconnect = false }
            return (wishes.wantsReconnect, wishes.isStopping)
        }
    }

    func set(_ state: ConnectionState) { wishes.withLock { $0.state = state } }
}

// MARK: The watchdog

extension Owner {
    /// Shuts the socket down under a call that does not come back: `amqp_basic_publish` knows no timeout and stays in
    /// the kernel for as long as the broker does not read.
    ///
    /// Ends, with false, when it is cancelled; ``abort()`` has shut the socket down by then.
    func watch() async -> Bool {
        while (try? await Task.sleep(for: .milliseconds(500))) != nil {
            let (busySince, isStopping) = wishes.withLock { ($0.busySince, $0.isStopping) }
            guard let busySince, busySince.duration(to: .now) > .seconds(isStopping ? 5 : 25) else { continue }
            logger.info("shutting down a socket on which a call hangs")
            cut()
        }
        return false
    }

    private func cut() {
        wishes.withLock { wishes in
            if wishes.lifeline >= 0 { shutdown(wishes.lifeline, Int32(SHUT_RDWR)) }
        }
    }

    func hold(_ socket: Int32) {
        let isAborting = wishes.withLock { wishes in
            wishes.lifeline = socket >= 0 ? fcntl(socket, F_DUPFD_CLOEXEC, 0) : -1
            return wishes.isAborting
        }
        if isAborting { cut() }
    }

    func letGo() {
        wishes.withLock { wishes in
            if wishes.lifeline >= 0 { Glibc.close(wishes.lifeline) }
            wishes.lifeline = -1
        }
    }

    func busy() { wishes.withLock { $0.busySince = .now } }

    func wait(on socket: Int32 = -1, until deadline: ContinuousClock.Instant) {
        wishes.withLock { $0.busySince = nil }
        bell.wait(orReadable: socket, for: ContinuousClock.now.duration(to: deadline))
        busy()
    }
}
