import AMQP
import Logging
import Metrics
import Postgres
import ServiceLifecycle
import Synchronization

/// What the relay does while it leads.
///
/// What this process commits goes out at once, from memory, where nothing about the same subject can be before it. Of
/// everything else the outbox says whether and when it may go; it is asked when there is such a thing, and told at the
/// same time what the broker has. Nobody waits for anybody else's confirm.
final class Dispatch: Sendable {
    private let spine: Spine
    private let publisher: Publisher
    private let returned: Counter
    private let underway = Mutex(Underway())

    /// The most that the broker has not answered for while more is taken up, and the most that is asked for at once.
    private static let limit = 1_000
    /// How long the outbox may go on listing what the broker has, and when it is told sooner: that spares transactions.
    private static let rest = (time: Duration.milliseconds(100), events: 500)

    init(_ spine: Spine, _ publisher: Publisher) {
        self.spine = spine
        self.publisher = publisher
        returned = Counter(label: "outbox_unroutable_total", dimensions: [("service", spine.service)])
    }

    /// Publishes until shutdown, whenever the relay is poked and once a second at least.
    ///
    /// Whether the session that holds the lock still lives is asked once a second too: two leaders for a moment do no
    /// harm, since each publishes a subject in order and receivers drop what they have. Whoever loses the lead forgets
    /// what it has not told the outbox; the next leader sends that again.
    func run(while session: Session) async throws {
        try await withThrowingDiscardingTaskGroup { group in
            var turns = Turns(apart: spine.pace.relay)
            var lastCheck = ContinuousClock.now
            var lastLook = ContinuousClock.now - .seconds(1)
            var isMore = true
            while !Task.isShuttingDownGracefully && !Task.isCancelled {
                await turns.next()
                let news = spine.freshEvents.take()
                let unclear = send(fresh: news.entries, in: &group)
                isMore = isMore || news.isMoreInOutbox || !unclear.isEmpty || lastLook.age >= .seconds(1)
                if hasRoom, isMore || wantsToTell(since: lastLook) {
                    lastLook = .now
                    let found = try await look(knowing: unclear)
                    send(found.now, in: &group)
                    isMore = found.isMore
                }
                if !isMore || !hasRoom { await spine.outboxSignal.wait(atMost: patience) }
                guard lastCheck.age > .seconds(1) else { continue }
                guard await session.isAlive() else { throw LostLeadership() }
                lastCheck = .now
            }
        }
        try await finish()
    }

    private struct LostLeadership: Error {}

    /// What committed while the service was stopping still goes out.
    private func finish() async throws {
        await publish(try await look(knowing: spine.freshEvents.take().entries).now)
        try await tell()
    }

    private var hasRoom: Bool { underway.withLock { $0.count < Dispatch.limit } }

    /// How long to sleep at most: not long while the outbox still has to be told something.
    private var patience: Duration { underway.withLock { $0.report.isEmpty } ? .seconds(1) : Dispatch.rest.time }

    private func wantsToTell(since lastLook: ContinuousClock.Instant) -> Bool {
        let report = underway.withLock { $0.report }
        guard report.failures.isEmpty, report.confirmed.count < Dispatch.rest.events else { return true }
        return !report.isEmpty && lastLook.age >= Dispatch.rest.time
    }

    /// Publishes what was just committed, as far as it may go without asking, and returns the rest.
    private func send(
        fresh entries: [JournalEntry],
        in group: inout ThrowingDiscardingTaskGroup<any Error>
    )
        -> [JournalEntry]
    {
        guard hasRoom else { return entries }
        let (now, unclear) = underway.withLock { $0.take(fresh: entries) }
        send(now, in: &group)
        return unclear
    }

    private func send(_ events: [OutboxEvent], in group: inout ThrowingDiscardingTaskGroup<any Error>) {
        guard !events.isEmpty else { return }
        group.addTask { await self.publish(events) }
    }

    /// Publishes events, and behind each those that wait for it.
    private func publish(_ events: [OutboxEvent]) async {
        var events = events
        while !events.isEmpty && !Task.isCancelled {
            Failpoint.hit("relay.before-publish")
            let outcomes = await publisher.publish(events.map(\.message))
            Failpoint.hit("relay.after-publish")
            events = settle(events, outcomes)
        }
    }

    /// Takes in what became of events and returns those that waited for them.
    private func settle(_ events: [OutboxEvent], _ outcomes: [PublishOutcome]) -> [OutboxEvent] {
        let (now, failures, isWaitedFor) = underway.withLock { underway in
            let isFirst = underway.report.isEmpty
            let wasFull = underway.count >= Dispatch.limit
            let (now, failures) = underway.settle(events, outcomes)
            let isMuch = underway.report.confirmed.count >= Dispatch.rest.events
            return (now, failures, isFirst || wasFull || isMuch || !failures.isEmpty)
        }
        if !failures.isEmpty { tell(of: failures) }
        if isWaitedFor { spine.outboxSignal.poke() }
        return now
    }

    /// Tells the outbox what has become of events and asks it for what is due, in one go; returns what may go out now, and
    /// whether there may be more.
    ///
    /// The disk is not waited for: what is forgotten again in a crash is sent again, and receivers drop what they have.
    private func look(knowing entries: [JournalEntry]) async throws -> (now: [OutboxEvent], isMore: Bool) {
        let (report, known) = underway.withLock { ($0.beginAsking(), $0.known) }
        Failpoint.hit("relay.before-delete")
        let due = try await spine.database.transaction { tx in
            try tx.later("SET LOCAL synchronous_commit = off")
            let outbox = OutboxStore(tx)
            try await outbox.take(report)
            return try await outbox.due(atMost: Dispatch.limit, except: known, knowing: entries)
        }
        return underway.withLock { underway in
            underway.told(report)
            return (underway.take(due: due), due.count >= Dispatch.limit)
        }
    }

    private func tell() async throws {
        let report = underway.withLock { $0.beginAsking() }
        try await spine.database.transaction { tx in try await OutboxStore(tx).take(report) }
        underway.withLock { $0.told(report) }
    }

    /// One line for many, not one for each event: there may be hundreds.
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
}

extension ContinuousClock.Instant {
    fileprivate var age: Duration { .now - self }
}
