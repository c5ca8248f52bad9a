public import AMQP
import Contracts
import Logging
import Metrics
import Postgres
public import ServiceLifecycle

/// Publishes the journal's events to `lintel.events` in journal order, and forgets them once the broker has them.
///
/// One replica leads, by an advisory lock on a session of its own; the others pass on to it that there is work. A crash
/// between the broker's confirm and the deletion sends an event again; the receivers' inboxes drop it.
public struct Relay: Service {
    private let spine: Spine
    private let publisher: Publisher
    private let returned: Counter

    public init(_ spine: Spine, _ publisher: Publisher) {
        self.spine = spine
        self.publisher = publisher
        returned = Counter(label: "outbox_unroutable_total", dimensions: [("service", spine.service)])
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
        spine.recentEvents.keep(true)
        defer { spine.recentEvents.keep(false) }
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
        while !Task.isShuttingDownGracefully && !Task.isCancelled {
            while try await sweep() > 0 {}
            await spine.outboxSignal.wait(atMost: .seconds(1))
            guard ContinuousClock.now - lastCheck > .seconds(1) else { continue }
            guard await session.isAlive() else { throw LostLeadership() }
            lastCheck = .now
        }
        // What committed while the service was stopping still goes out.
        _ = try await sweep()
    }

    private struct LostLeadership: Error {}

    /// Publishes what is due and returns how many of it the broker has now.
    func sweep() async throws -> Int {
        let recent = spine.recentEvents
        var waiting = try await spine.read { tx in try await OutboxStore(tx).due(atMost: 1_000, knowing: recent) }
        var confirmed: [Int64] = []
        while !waiting.isEmpty {
            let (wave, later) = Relay.wave(of: waiting)
            let outcomes = await publisher.publish(wave.map(\.message))
            Failpoint.hit("relay.after-publish")
            var stuck: Set<String> = []
            for (event, outcome) in zip(wave, outcomes) {
                switch outcome {
                case .confirmed: confirmed.append(event.position)
                case .lost: stuck.insert(event.subject)
                case .refused(let reason):
                    stuck.insert(event.subject)
                    try await postpone(event, isUnroutable: false, reason)
                case .returned(let code, let reason):
                    stuck.insert(event.subject)
                    returned.increment()
                    try await postpone(event, isUnroutable: true, "\(code) \(reason)")
                }
            }
            waiting = later.filter { !stuck.contains($0.subject) }
        }
        Failpoint.hit("relay.before-delete")
        if !confirmed.isEmpty {
            let done = confirmed
            _ = try await spine.database.transaction { tx in try await OutboxStore(tx).remove(done) }
        }
        return confirmed.count
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

    private func postpone(_ event: OutboxEvent, isUnroutable: Bool, _ reason: String) async throws {
        spine.logger.error(
            "relay: the broker did not take an event",
            metadata: ["message.id": "\(event.id)", "message.name": "\(event.name)", "error": "\(reason)"]
        )
        _ = try await spine.database.transaction { tx in
            try await OutboxStore(tx).postpone(event.position, isUnroutable: isUnroutable, error: reason)
        }
    }
}

/// The key of an advisory lock, from its name (FNV-1a, 64 bits).
enum AdvisoryLock {
    static func key(_ name: String) -> Int64 {
        Int64(bitPattern: name.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 })
    }
}
