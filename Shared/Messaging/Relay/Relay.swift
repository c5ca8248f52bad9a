public import AMQP
import Contracts
import Logging
import Metrics
import Postgres
public import ServiceLifecycle
import Traces

/// Publishes the journal's events to `lintel.events` in journal order, and forgets them once the broker has them.
///
/// One replica leads, by an advisory lock on a session of its own; the others pass on to it that there is work. A crash
/// between the broker's confirm and the deletion sends an event again; the receivers' inboxes drop it.
public struct Relay: Service {
    private let spine: Spine
    private let publisher: Publisher
    private let returned: Counter
    private let leads: Gauge

    public init(_ spine: Spine, _ publisher: Publisher) {
        self.spine = spine
        self.publisher = publisher
        returned = Counter(label: "outbox_unroutable_total", dimensions: [("service", spine.service)])
        leads = Gauge(label: "relay_leads", dimensions: [("service", spine.service)])
        leads.record(0)
    }

    public func run() async throws {
        await untilShutdown(waking: spine.outboxSignal) {
            do {
                try await contend()
            } catch {
                spine.logger.warning("relay: starting over", metadata: ["error": "\(error)"])
                await spine.outboxSignal.wait(atMost: .seconds(1))
            }
        }
    }

    private var lock: Int64 { AdvisoryLock.key("lintel.relay.\(spine.service)") }
    private var channel: String { "lintel_outbox_\(spine.service)" }

    /// Leads if nobody does; else passes pokes on to the leader for a while.
    private func contend() async throws {
        try await withSession { session in
            if try await session.tryLock(lock) {
                try await withSession { ear in try await lead(session, ear) }
            } else {
                await spine.outboxSignal.wait(atMost: .seconds(2))
                if !Task.isShuttingDownGracefully { _ = try await session.rows("SELECT pg_notify(\(channel), '')") }
            }
        }
    }

    private func withSession(_ body: (Session) async throws -> Void) async throws {
        let session = try await spine.database.session()
        do {
            try await body(session)
        } catch {
            await session.close()
            throw error
        }
        await session.close()
    }

    private func lead(_ session: Session, _ ear: Session) async throws {
        spine.logger.info("relay: leads")
        leads.record(1)
        spine.recentEvents.keep(true)
        defer {
            leads.record(0)
            spine.recentEvents.keep(false)
        }
        let pokes = try await ear.notifications(on: channel)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { for await _ in pokes { spine.outboxSignal.poke() } }
            try await publishUntilShutdown(session)
            group.cancelAll()
        }
    }

    /// Publishes whenever it is poked, and once a second at least.
    ///
    /// Whether the session that holds the lock still lives is asked once a second too: two leaders for a moment do no
    /// harm, since each publishes in order and receivers drop what they have.
    private func publishUntilShutdown(_ session: Session) async throws {
        var lastCheck = ContinuousClock.now
        var turns = Turns(apart: spine.pace.relay)
        while !Task.isShuttingDownGracefully && !Task.isCancelled {
            await turns.next()
            try await publishAll()
            await spine.outboxSignal.wait(atMost: .seconds(1))
            guard ContinuousClock.now - lastCheck > .seconds(1) else { continue }
            guard await session.isAlive() else { throw LostLeadership() }
            lastCheck = .now
        }
        // What committed while the service was stopping still goes out.
        _ = try await sweep()
    }

    private struct LostLeadership: Error {}

    /// Publishes until nothing is due: what one sweep has come to is noted with the question for the next.
    private func publishAll() async throws {
        var last = Sweep()
        repeat { last = try await sweep(after: last) } while !last.confirmed.isEmpty
        try await note(last)
    }

    /// Publishes what is due and returns how many of it the broker has now.
    func sweep() async throws -> Int {
        let result = try await sweep(after: Sweep())
        try await note(result)
        return result.confirmed.count
    }

    private func sweep(after last: Sweep) async throws -> Sweep {
        var waiting = try await next(after: last)
        var result = Sweep()
        while !waiting.isEmpty {
            let (wave, later) = Relay.wave(of: waiting)
            Failpoint.hit("relay.before-publish")
            let outcomes = await publisher.publish(wave.map(\.message))
            Failpoint.hit("relay.after-publish")
            let stuck = result.take(wave, outcomes)
            waiting = later.filter { !stuck.contains($0.subject) }
        }
        Failpoint.hit("relay.before-delete")
        if !result.failures.isEmpty { tell(of: result.failures) }
        return result
    }

    /// Notes what the last sweep has come to and asks for what is due, in one go.
    ///
    /// The disk is not waited for: what is forgotten again in a crash is sent again, and receivers drop what they have.
    private func next(after last: Sweep) async throws -> [OutboxEvent] {
        let recent = spine.recentEvents
        guard !last.isEmpty else {
            return try await spine.read { tx in try await OutboxStore(tx).due(atMost: 1_000, knowing: recent) }
        }
        return try await spine.database.transaction { tx in
            try tx.later("SET LOCAL synchronous_commit = off")
            let outbox = OutboxStore(tx)
            try await note(last, outbox)
            return try await outbox.due(atMost: 1_000, knowing: recent)
        }
    }

    /// What became of a sweep's events.
    private struct Sweep {
        var confirmed: [Int64] = []
        var failures: [OutboxFailure] = []
        /// An event that used to be unroutable has found a queue.
        var hasFoundRoute = false
        var isEmpty: Bool { confirmed.isEmpty && failures.isEmpty }

        /// Takes the outcomes of a wave and returns the subjects that cannot go on.
        mutating func take(_ wave: [OutboxEvent], _ outcomes: [PublishOutcome]) -> Set<String> {
            var stuck: Set<String> = []
            for (event, outcome) in zip(wave, outcomes) {
                if case .confirmed = outcome { event.span?.end() } else { event.span?.fail("not-confirmed") }
                switch outcome {
                case .confirmed:
                    confirmed.append(event.position)
                    if event.wasUnroutable { hasFoundRoute = true }
                    continue
                case .lost: break
                case .refused(let reason):
                    failures.append(OutboxFailure(event: event, isUnroutable: false, reason: reason))
                case .returned(let code, let reason):
                    failures.append(OutboxFailure(event: event, isUnroutable: true, reason: "\(code) \(reason)"))
                }
                stuck.insert(event.subject)
            }
            return stuck
        }
    }

    /// Forgets what the broker has and puts off what it did not take.
    ///
    /// When an unroutable event has found a queue, the others may too: they are tried at once.
    private func note(_ result: Sweep) async throws {
        try await spine.database.transaction { tx in try await note(result, OutboxStore(tx)) }
    }

    private func note(_ result: Sweep, _ outbox: OutboxStore) async throws {
        if !result.confirmed.isEmpty { try await outbox.remove(result.confirmed) }
        if result.hasFoundRoute { try await outbox.hurry(onlyUnroutable: true) }
        if !result.failures.isEmpty { try await outbox.postpone(result.failures) }
    }

    /// One line for a sweep, not one for each event: there may be hundreds.
    private func tell(of failures: [OutboxFailure]) {
        let unroutable = failures.count { $0.isUnroutable }
        returned.increment(by: unroutable)
        guard let first = failures.first else { return }
        spine.logger.error(
            "relay: the broker did not take events",
            metadata: [
                "count": "\(failures.count)", "count.unroutable": "\(unroutable)", "message.id": "\(first.event.id)",
                "message.name": "\(first.event.name)", "error": "\(first.reason)",
            ]
        )
    }

    /// The first event of every subject: at most one unconfirmed event per aggregate is ever in flight, so that a refused
    /// one cannot be overtaken by its successor.
    static func wave(of events: [OutboxEvent]) -> (now: [OutboxEvent], later: [OutboxEvent]) {
        var subjects: Set<String> = []
        var now: [OutboxEvent] = []
        var later: [OutboxEvent] = []
        for event in events {
            if subjects.insert(event.subject).inserted { now.append(event) } else { later.append(event) }
        }
        return (now, later)
    }
}

/// The key of an advisory lock, from its name (FNV-1a, 64 bits).
enum AdvisoryLock {
    static func key(_ name: String) -> Int64 {
        Int64(bitPattern: name.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 })
    }
}
