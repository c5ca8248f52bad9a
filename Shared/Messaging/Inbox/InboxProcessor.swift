import AMQP
import Contracts
import Failures
import Logging
import Metrics
import Postgres
import Traces

/// Brings deliveries to their end: handled, parked or buried, durably, so that they may be acknowledged.
struct InboxProcessor<Source: Inlet>: Sendable {
    private let inlet: Source
    private let spine: Spine
    private let duplicates: Counter
    private let seconds: Metrics.Timer
    private let batchSize: Recorder
    private let begun = BegunSuspects()

    /// A message that was delivered so often is handled alone, and its attempts are counted before they start.
    static var suspectFromDelivery: Int { 2 }
    /// After so many starts it is taken to kill the process.
    static var startsAtMost: Int { 3 }

    init(_ inlet: Source, _ spine: Spine) {
        self.inlet = inlet
        self.spine = spine
        let dimensions = [("inlet", inlet.queue)]
        duplicates = Counter(label: "inbox_duplicates_total", dimensions: dimensions)
        seconds = Metrics.Timer(label: "handler_seconds", dimensions: dimensions)
        batchSize = Recorder(label: "batch_size", dimensions: dimensions)
    }

    /// Settles deliveries, all of them.
    /// - Throws: only an outage of the database; nothing is settled then that was not durably settled.
    func settle(_ deliveries: [Delivery]) async throws { try await settle(deliveries.map(read)) }

    /// Settles deliveries that were read before.
    /// - Throws: only an outage of the database; nothing is settled then that was not durably settled.
    func settle(_ readings: [Reading<Source.Content>]) async throws {
        batchSize.record(readings.count)
        var messages: [Incoming<Source.Content>] = []
        for reading in readings {
            switch reading {
            case .read(let message): messages.append(message)
            case .refused(let delivery, let rejection): try await bury(unreadable: delivery, because: rejection)
            case .suspect(let delivery): try await settle(suspect: delivery)
            }
        }
        if !messages.isEmpty { try await settle(apart: IndependentParts.of(messages, atMost: inlet.partsAtOnce)) }
    }

    /// Handles parts of a batch that have nothing to do with one another, each in a transaction of its own.
    private func settle(apart parts: [[Incoming<Source.Content>]]) async throws {
        guard parts.count > 1 else { return try await settle(together: parts[0]) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for part in parts { group.addTask { try await settle(together: part) } }
            try await group.waitForAll()
        }
    }

    /// Reads a delivery, unless that may be what kills.
    func read(_ delivery: Delivery) -> Reading<Source.Content> {
        delivery.deliveryCount >= Self.suspectFromDelivery ? .suspect(delivery) : open(delivery)
    }

    /// Handles messages in one transaction; if that fails, each half in its own and so on, so that in the end only the
    /// guilty one suffers.
    private func settle(together messages: [Incoming<Source.Content>]) async throws {
        do {
            let start = ContinuousClock.now
            try await handle(messages)
            seconds.record(duration: ContinuousClock.now - start)
        } catch {
            guard Settlement.of(error, attempt: 1) != .waitForRecovery, !(error is CancellationError) else {
                throw error
            }
            if messages.count == 1 {
                try await park(messages[0], after: error)
            } else {
                let middle = messages.count / 2
                try await settle(together: Array(messages[..<middle]))
                try await settle(together: Array(messages[middle...]))
            }
        }
    }

    private func handle(_ messages: [Incoming<Source.Content>]) async throws {
        if let trace = BatchTrace(inlet, messages) {
            try await trace.run { try await transact($0) }
        } else {
            try await transact(messages)
        }
    }

    private func transact(_ messages: [Incoming<Source.Content>]) async throws {
        try await spine.perform(.system) { work in
            let inbox = InboxStore(work.tx)
            let (fresh, held) = try await inbox.receive(
                messages,
                inlet: inlet.queue,
                deduplicates: inlet.deduplicates
            )
            duplicates.increment(by: messages.count - fresh.count)
            let (free, waiting) = InboxProcessor.split(fresh.map { messages[$0] }, heldKeys: held)
            if !waiting.isEmpty {
                try await inbox.park(waiting, inlet: inlet.queue, attempts: 0, after: .zero, error: nil)
                work.afterCommit { spine.retrySignals[inlet.queue].poke() }
            }
            if !free.isEmpty { try await inlet.handle(free, work) }
            Failpoint.hit("inbox.before-commit")
        }
        Failpoint.hit("inbox.after-commit")
    }

    /// Messages behind a parked one wait with it, and so does what follows them.
    static func split(
        _ messages: [Incoming<Source.Content>],
        heldKeys: Set<String>
    ) -> (free: [Incoming<Source.Content>], waiting: [Incoming<Source.Content>]) {
        guard !heldKeys.isEmpty else { return (messages, []) }
        var held = heldKeys
        var free: [Incoming<Source.Content>] = []
        var waiting: [Incoming<Source.Content>] = []
        for message in messages {
            if message.orderKeys.contains(where: held.contains) {
                held.formUnion(message.orderKeys)
                waiting.append(message)
            } else {
                free.append(message)
            }
        }
        return (free, waiting)
    }

    private func open(_ delivery: Delivery) -> Reading<Source.Content> {
        do {
            return .read(try inlet.open(delivery))
        } catch {
            let unreadable = Rejection(.invalid, "unreadable", "The message cannot be read.")
            return .refused(delivery, error as? Rejection ?? unreadable)
        }
    }

    /// One of the messages that were in flight when the process died may have killed it: they run alone from now on.
    ///
    /// Its attempts are counted by its bytes before it is read, since reading it may be what kills.
    private func settle(suspect delivery: Delivery) async throws {
        let suspect = Digest.of(delivery.body)
        let starts = try await begin(delivery, suspect)
        if starts > Self.startsAtMost {
            let fault = Rejection(.invalid, "crash-loop", "The process died \(starts - 1) times while handling it.")
            try await bury(unreadable: delivery, because: fault)
        } else {
            switch open(delivery) {
            case .refused(_, let rejection): try await bury(unreadable: delivery, because: rejection)
            case .read(let message): try await settle(together: [message])
            case .suspect: break
            }
        }
        try await spine.perform(.system) { work in
            try await InboxStore(work.tx).acquit(suspect, inlet: inlet.queue)
        }
        begun.remove(delivery)
    }

    /// Counts that a suspect is handled once more, and says how often it has been; zero when this process is at it already
    /// and lives.
    private func begin(_ delivery: Delivery, _ suspect: String) async throws -> Int {
        guard !begun.contains(delivery) else { return 0 }
        let starts = try await spine.perform(.system) { work in
            try await InboxStore(work.tx).countStart(of: suspect, inlet: inlet.queue)
        }
        begun.insert(delivery)
        return starts
    }

    /// Notes a failed message as received, and parks or buries it.
    private func park(_ message: Incoming<Source.Content>, after error: any Error) async throws {
        let settlement = Settlement.of(error, attempt: 1)
        spine.logger.log(
            level: error.innermost is Rejection ? .info : .error,
            "a message was not handled",
            metadata: [
                "inlet": "\(inlet.queue)", "message.id": "\(message.messageID)",
                "message.name": "\(message.name ?? "?")", "error": "\(error)",
                "correlation.id": "\(message.delivery.properties.correlationID ?? "")",
                "trace.id": "\(message.traceparent.flatMap { TraceContext(traceparent: $0) }?.traceID ?? "")",
            ]
        )
        try await spine.perform(.system) { work in
            let inbox = InboxStore(work.tx)
            if inlet.deduplicates { try await inbox.markReceived(message, inlet: inlet.queue) }
            switch settlement {
            case .retry(let delay):
                try await inbox.park([message], inlet: inlet.queue, attempts: 1, after: delay, error: "\(error)")
                work.afterCommit { spine.retrySignals[inlet.queue].poke() }
            case .dead(let reason, let detail, let field):
                try await inbox.bury(
                    NewDeadLetter(
                        message,
                        inlet: inlet.queue,
                        reason: reason,
                        detail: detail,
                        field: field,
                        attempts: 1
                    )
                )
                work.afterCommit { DeadLetterMetrics.count(inlet: inlet.queue, reason: reason) }
            case .waitForRecovery:
                throw error
            }
            Failpoint.hit("park.before-commit")
        }
        Failpoint.hit("park.after-commit")
    }

    private func bury(unreadable delivery: Delivery, because rejection: Rejection) async throws {
        let letter = NewDeadLetter(
            inlet: inlet.queue,
            source: "unreadable",
            messageID: Digest.of(delivery.body),
            name: delivery.properties.type?.withoutNUL,
            delivery: delivery,
            reason: rejection.code,
            detail: rejection.message,
            field: rejection.field,
            attempts: 1
        )
        try await spine.perform(.system) { work in try await InboxStore(work.tx).bury(letter) }
        Failpoint.hit("bury.after-commit")
        DeadLetterMetrics.count(inlet: inlet.queue, reason: rejection.code)
    }
}
