import CRabbitMQ
import Logging
import ServiceLifecycle
import Threads

extension Owner {
    /// How one link's life ended.
    private enum End {
        case stopped
        case asked
        case failed(AMQPError)
        case drifted(AMQPError)
    }

    /// Deep enough for librabbitmq's decoder, which recurses once for each level of a nested header table.
    static let stackSize = 64 << 20

    /// Keeps the connection until ``stop()``, ``abort()``, graceful shutdown or cancellation.
    func run(_ makeRole: @escaping @Sendable () -> any Role) async {
        await withTaskCancellationHandler {
            await withGracefulShutdownHandler {
                await withTaskGroup(of: Bool.self) { group in
                    group.addTask { await self.live(makeRole) }
                    group.addTask { await self.watch() }
                    for await hasEnded in group where hasEnded { group.cancelAll() }
                }
            } onGracefulShutdown: {
                self.stop()
            }
        } onCancel: {
            self.abort()
        }
    }

    /// Runs the thread; true when it has ended.
    private func live(_ makeRole: @escaping @Sendable () -> any Role) async -> Bool {
        await withCheckedContinuation { continuation in
            JoinedThread.start(name: endpoint.connectionName, stackSize: Self.stackSize) { [self] thread in
                crmq_block_sigpipe()
                live(makeRole())
                thread.leave()
                continuation.resume(returning: true)
            }
        }
    }

    private func live(_ role: any Role) {
        var backoff = Backoff()
        var random = SystemRandomNumberGenerator()
        life: while !isStopping {
            let start = ContinuousClock.now
            let end = link(role)
            backoff.connectionLasted(start.duration(to: .now))
            switch end {
            case .stopped:
                role.lost("the connection was closed at shutdown")
                break life
            case .asked:
                role.lost("the connection was closed on request")
                set(.connecting(attempt: 1, lastError: nil))
            case .drifted(let error):
                role.lost("\(error)")
                set(.topologyDrift("\(error)"))
                logger.info("the broker's topology is not what is needed", metadata: ["amqp.error": "\(error)"])
                pause(.seconds(.random(in: 3...6)), role)
            case .failed(let error):
                role.lost("\(error)")
                logger.info("connection lost", metadata: ["amqp.error": "\(error)"])
                let delay = backoff.next(using: &random)
                set(.connecting(attempt: backoff.attempts + 1, lastError: "\(error)"))
                pause(delay, role)
            }
            if !isStopping { meters.reconnected() }
        }
        role.end()
        set(.closed)
    }

    private func pause(_ time: Duration, _ role: any Role) {
        let end = ContinuousClock.now + time
        while ContinuousClock.now < end, !isStopping {
            role.idle(now: .now)
            wait(until: min(end, role.deadline ?? end))
        }
    }

    /// Makes a link and keeps it for as long as it lasts.
    private func link(_ role: any Role) -> End {
        busy()
        defer { letGo() }
        do {
            let link = try Link.open(endpoint)
            hold(link.socket)
            busy()
            do {
                try link.assert(declarations)
                try role.begin(on: link)
            } catch let error as AMQPError {
                link.close()
                return [403, 404, 406].contains(error.code) ? .drifted(error) : .failed(error)
            }
            set(.running)
            logger.info("connected")
            return try pump(role, link)
        } catch let error as AMQPError {
            return .failed(error)
        } catch {
            return .failed(AMQPError(step: "keep the connection", reason: "\(error)"))
        }
    }

    private func pump(_ role: any Role, _ link: Link) throws -> End {
        defer { link.close() }
        var blockage = Blockage(meters)
        defer { blockage.end() }
        var isDraining = false
        while true {
            busy()
            let (wantsReconnect, isStopping) = takeWishes()
            if wantsReconnect { return .asked }
            while let event = try link.nextEvent() {
                if let state = blockage.take(event) { set(state) }
                try role.receive(event)
            }
            let now = ContinuousClock.now
            blockage.count(until: now)
            if isStopping, !isDraining {
                isDraining = true
                try role.drain(on: link, now: now)
            }
            let hasMore = try role.turn(on: link, now: now)
            if isDraining, role.isDrained(now: now) { return .stopped }
            guard !hasMore else { continue }
            let pulse = now + .milliseconds(min(1000, 500 * max(1, endpoint.heartbeat)))
            wait(on: link.socket, until: min(pulse, role.deadline ?? pulse))
        }
    }
}

/// Follows `connection.blocked` and adds up how long it lasts.
private struct Blockage {
    private let meters: Meters
    private var since: ContinuousClock.Instant?

    init(_ meters: Meters) { self.meters = meters }

    /// The state that follows from the event, if it changes.
    mutating func take(_ event: LinkEvent) -> ConnectionState? {
        switch event {
        case .blocked(let reason):
            since = since ?? .now
            return .blocked(reason: reason)
        case .unblocked:
            end()
            return .running
        default:
            return nil
        }
    }

    mutating func count(until now: ContinuousClock.Instant) {
        guard let since, now > since else { return }
        meters.blocked(for: since.duration(to: now))
        self.since = now
    }

    mutating func end() {
        count(until: .now)
        since = nil
    }
}
