public import Contracts
public import Foundation
public import Postgres
import Synchronization

/// One business transaction: what changes in it, what it tells the others, and the timers it sets commit together.
///
/// ```swift
/// try await spine.perform(.staff(id)) { work in
///     let deal = try await DealStore(work.tx).locked(id)
///     let advanced = try deal.advanced(to: stage)
///     try await DealStore(work.tx).save(advanced)
///     try await work.publish(DealStageChanged(from: deal, to: advanced), about: id, uid: deal.uid)
/// }
/// ```
public struct Work: Sendable {
    public let tx: Transaction
    /// The instant of this work.
    ///
    /// Rules take it as a value; nobody asks a clock.
    public let now: Date
    public let cause: Cause
    let spine: Spine
    let hooks: CommitHooks

    /// Appends an event to the journal and, if it is one that others may hear of, to the outbox.
    ///
    /// The subject's stream is locked from here to the end of the transaction, so that the order of its events is the
    /// order of the commits.
    public func publish(
        _ event: some Contract,
        about subject: some CustomStringConvertible,
        uid: UID? = nil
    ) async throws {
        try await publish([Draft(event, about: subject, uid: uid, cause: cause)])
    }

    /// Appends many events in one statement.
    public func publish(_ drafts: [Draft]) async throws {
        guard !drafts.isEmpty else { return }
        let entries = try await Journal(tx).append(drafts, at: now)
        hooks.journalled(entries)
        for projection in spine.projections {
            let wanted = entries.filter { projection.names.contains($0.envelope.type) }
            if !wanted.isEmpty { try await projection.apply(wanted.map(\.received), self) }
        }
    }

    /// The timers of this service, set and cancelled in this transaction.
    public var timers: Timers { Timers(tx, hooks) }

    /// Runs `body` once the transaction has committed, and not at all if it does not: for waking whoever waits.
    public func afterCommit(_ body: @escaping @Sendable () -> Void) { hooks.add(body) }

    /// The same work, for another cause.
    public func following(_ cause: Cause) -> Work {
        Work(tx: tx, now: now, cause: cause, spine: spine, hooks: hooks)
    }
}

/// An event that is about to be journalled.
public struct Draft: Sendable {
    public let id: UUID
    public let name: MessageName
    public let subject: String
    public let uid: UID?
    public let cause: Cause
    let data: @Sendable () throws -> String

    public init(
        _ event: some Contract,
        about subject: some CustomStringConvertible,
        uid: UID? = nil,
        cause: Cause
    ) {
        id = .v7()
        name = type(of: event).name
        self.subject = subject.description
        self.uid = uid
        self.cause = cause
        data = { try Wire.json(of: event) }
    }
}

/// What is to be woken when a transaction has committed.
final class CommitHooks: Sendable {
    private struct Wanted {
        var names: [String] = []
        var isOutboxFilled = false
        /// Not only by what was journalled here.
        var isOutboxStirred = false
        var entries: [JournalEntry] = []
        var earliestTimers: [TimerStore.Lane: Date] = [:]
        var bodies: [@Sendable () -> Void] = []
    }

    private let wanted = Mutex(Wanted())

    func journalled(_ entries: [JournalEntry]) {
        let published = entries.filter { !Registry.unpublished.contains($0.envelope.type) }
        wanted.withLock { wanted in
            wanted.isOutboxFilled = wanted.isOutboxFilled || !published.isEmpty
            wanted.names += entries.map(\.envelope.type.text)
            wanted.entries += published
        }
    }

    /// Nothing was told, and no timer set.
    var hasNothing: Bool {
        wanted.withLock { !$0.isOutboxFilled && $0.names.isEmpty && $0.earliestTimers.isEmpty }
    }

    /// There is something in the outbox that was not journalled just now.
    func wakeOutbox() {
        wanted.withLock { wanted in
            wanted.isOutboxFilled = true
            wanted.isOutboxStirred = true
        }
    }

    func wakeTimers(for drafts: [TimerDraft]) {
        wanted.withLock { wanted in
            for draft in drafts { wanted.earliestTimers[draft.lane, default: draft.due].become(earlier: draft.due) }
        }
    }

    func add(_ body: @escaping @Sendable () -> Void) { wanted.withLock { $0.bodies.append(body) } }

    func run(for spine: Spine) {
        let wanted = wanted.withLock { $0 }
        spine.freshEvents.add(wanted.entries)
        if wanted.isOutboxStirred { spine.freshEvents.lookIntoOutbox() }
        spine.committed.tell(wanted.entries)
        if wanted.isOutboxFilled { spine.outboxSignal.poke() }
        EventCounts.published(wanted.names)
        for (lane, due) in wanted.earliestTimers { spine.timerAlarms[lane].wake(for: due) }
        for body in wanted.bodies { body() }
    }
}

extension Date {
    fileprivate mutating func become(earlier other: Date) { self = min(self, other) }
}
