import Logging
import Metrics
import Synchronization

/// The connections of a ``Database``: hands them out, takes them back, and lets callers queue when all are in use.
final class Pool: Sendable {
    /// A connection that belongs to the pool.
    struct Member: Sendable {
        let connection: Connection
        let expires: ContinuousClock.Instant
        /// Members of an earlier generation are closed when they come back: their server has gone.
        let generation: Int
    }

    /// What a caller gets: a connection, or the right to open one.
    fileprivate enum Lease: Sendable {
        case member(Member)
        case vacancy
    }

    fileprivate struct State {
        var idle: [Member] = []
        /// Connections that exist or are being opened.
        var total = 0
        var waiters: [(ticket: Int, continuation: CheckedContinuation<Lease, any Error>)] = []
        /// Tickets whose task was cancelled before it stood in the queue.
        var abandoned: Set<Int> = []
        var tickets = 0
        var generation = 0
        var isClosed = false
    }

    private let configuration: Database.Configuration
    private let logger: Logger
    private let state = Mutex(State())
    private let inUse = Gauge(label: "postgres_pool_in_use")
    private let waiting = Gauge(label: "postgres_pool_waiting")
    private let acquisition = Timer(label: "postgres_acquire_seconds")

    /// A connection lives half an hour, more or less, so that all of them are not renewed at the same time.
    private static let lifetime = 1_620.0...1_980.0

    init(_ configuration: Database.Configuration, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
    }

    /// Starts a transaction on a connection that is known to be alive.
    func begin(readOnly: Bool) async throws -> (Member, UInt64) {
        let start = ContinuousClock.now
        defer { acquisition.recordNanoseconds(Int64((ContinuousClock.now - start) / .nanoseconds(1))) }
        while true {
            let member =
                switch try await lease() {
                case .member(let member): member
                case .vacancy: try await opened()
                }
            if let number = await member.connection.begin(readOnly: readOnly) { return (member, number) }
            if await member.connection.health == .serverGone { await dropIdle() }
            await discard(member)
        }
    }

    private func opened() async throws -> Member {
        let connection = Connection(logger: logger)
        do {
            try await connection.connect(to: configuration)
        } catch {
            vacate()
            throw error
        }
        let lifetime = Duration.seconds(Double.random(in: Self.lifetime))
        let generation = state.withLock { $0.generation }
        return Member(connection: connection, expires: .now + lifetime, generation: generation)
    }

    // MARK: Taking back

    func giveBack(_ member: Member, _ health: Connection.Health) async {
        if health == .serverGone { await dropIdle() }
        let isExpired = member.expires < .now
        let isKept = state.withLock { state in
            guard health == .good, !isExpired, member.generation == state.generation, !state.isClosed else {
                return false
            }
            if state.waiters.isEmpty {
                state.idle.append(member)
            } else {
                state.waiters.removeFirst().continuation.resume(returning: .member(member))
            }
            return true
        }
        publish()
        if !isKept { await discard(member) }
    }

    private func discard(_ member: Member) async {
        vacate()
        await member.connection.close()
    }

    /// One connection less: whoever waits may open another.
    private func vacate() {
        state.withLock { state in
            state.total -= 1
            guard !state.waiters.isEmpty, !state.isClosed else { return }
            state.total += 1
            state.waiters.removeFirst().continuation.resume(returning: .vacancy)
        }
        publish()
    }

    /// Closes all idle connections, and those in use when they come back.
    private func dropIdle() async {
        let dropped = state.withLock { state in
            state.generation += 1
            return state.takeIdle { _ in true }
        }
        await close(dropped)
    }

    /// Closes the idle connections that have lived long enough.
    func retireExpired() async {
        let now = ContinuousClock.now
        await close(state.withLock { state in state.takeIdle { $0.expires < now } })
    }

    func shutDown() async {
        let (idle, waiters) = state.withLock { state in
            state.isClosed = true
            defer { state.waiters = [] }
            return (state.takeIdle { _ in true }, state.waiters)
        }
        for waiter in waiters { waiter.continuation.resume(throwing: Self.closed) }
        await close(idle)
    }

    private func close(_ members: [Member]) async {
        publish()
        for member in members { await member.connection.close() }
    }

    private static let closed = PostgresError(message: "the database was closed")

    private func publish() {
        let (used, queued) = state.withLock { ($0.total - $0.idle.count, $0.waiters.count) }
        inUse.record(used)
        waiting.record(queued)
    }
}

// MARK: - Handing out

extension Pool {
    private func lease() async throws -> Lease {
        defer { publish() }
        return if let lease = try takeNow() { lease } else { try await queue() }
    }

    private func takeNow() throws -> Lease? {
        try state.withLock { state in
            guard !state.isClosed else { throw Self.closed }
            return state.take(upTo: configuration.poolSize)
        }
    }

    /// Waits for a connection, but no longer than the configuration says.
    private func queue() async throws -> Lease {
        let ticket = state.withLock { state in
            state.tickets += 1
            return state.tickets
        }
        defer { state.withLock { _ = $0.abandoned.remove(ticket) } }
        return try await withThrowingTaskGroup(of: Lease?.self) { group in
            group.addTask { try await self.stand(ticket) }
            group.addTask {
                // Cancelled when the caller has got his connection; when his task is, `stand` notices by itself.
                guard (try? await Task.sleep(for: self.configuration.acquireTimeout)) != nil else { return nil }
                self.leave(ticket, self.exhausted)
                return nil
            }
            defer { group.cancelAll() }
            while let lease = try await group.next() {
                if let lease { return lease }
            }
            throw CancellationError()
        }
    }

    private func stand(_ ticket: Int) async throws -> Lease {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                state.withLock { state in
                    if state.isClosed {
                        continuation.resume(throwing: Self.closed)
                    } else if state.abandoned.contains(ticket) {
                        continuation.resume(throwing: CancellationError())
                    } else if let lease = state.take(upTo: configuration.poolSize) {
                        continuation.resume(returning: lease)
                    } else {
                        state.waiters.append((ticket, continuation))
                    }
                }
                publish()
            }
        } onCancel: {
            leave(ticket, CancellationError())
        }
    }

    private func leave(_ ticket: Int, _ reason: any Error) {
        state.withLock { state in
            guard let place = state.waiters.firstIndex(where: { $0.ticket == ticket }) else {
                state.abandoned.insert(ticket)
                return
            }
            state.waiters.remove(at: place).continuation.resume(throwing: reason)
        }
        publish()
    }

    private var exhausted: PostgresError {
        PostgresError(
            message: "all \(configuration.poolSize) connections of the pool were in use for "
                + "\(configuration.acquireTimeout): poolSize is too small, or a transaction takes too long"
        )
    }
}

extension Pool.State {
    /// The connection that was used last, or the right to open another one.
    fileprivate mutating func take(upTo size: Int) -> Pool.Lease? {
        if let member = idle.popLast() { return .member(member) }
        guard total < size else { return nil }
        total += 1
        return .vacancy
    }

    fileprivate mutating func takeIdle(_ isWanted: (Pool.Member) -> Bool) -> [Pool.Member] {
        let taken = idle.filter(isWanted)
        idle.removeAll(where: isWanted)
        total -= taken.count
        return taken
    }
}
