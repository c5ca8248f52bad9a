import AMQP
import Contracts
import Traces

/// What the relay has taken up and the outbox has not forgotten yet.
///
/// At most one event of a subject is on its way to the broker; the later ones wait behind it, so that one that is refused
/// cannot be overtaken. A subject whose event did not get through is left alone until the outbox has been asked anew, by a
/// question that knows of it.
struct Underway {
    /// What has become of events and is not in the outbox yet.
    struct Report {
        var confirmed: [Int64] = []
        var failures: [OutboxFailure] = []
        /// An event that used to be unroutable has found a queue.
        var hasFoundRoute = false
        var isEmpty: Bool { confirmed.isEmpty && failures.isEmpty }
    }

    /// Everything that was taken up, by position in the journal, until the outbox is told what became of it.
    private(set) var known: Set<Int64> = []
    /// For each subject that has an event on its way, those that wait behind it, the earliest first.
    private var followers: [String: [OutboxEvent]] = [:]
    /// Subjects of which an event did not get through since the outbox was last asked.
    private var held: Set<String> = []
    private var reached = ReachedSequences()
    /// What is to be told to the outbox.
    private(set) var report = Report()

    /// How many events the broker has not answered for.
    var count: Int { known.count - report.confirmed.count - report.failures.count }

    /// Takes up what was just committed, as far as everything before it about the same subject is taken up too.
    ///
    /// Returns what may go out now, and what only the outbox can say more of.
    mutating func take(fresh entries: [JournalEntry]) -> (now: [OutboxEvent], unclear: [JournalEntry]) {
        var now: [OutboxEvent] = []
        var unclear: [JournalEntry] = []
        for entry in entries {
            guard let position = entry.position, reached.isNext(entry.envelope), !held.contains(entry.envelope.subject)
            else {
                unclear.append(entry)
                continue
            }
            if let event = take(OutboxEvent(entry, at: position)) { now.append(event) }
        }
        return (now, unclear)
    }

    /// Takes up what the outbox says is due, in the journal's order, and returns what of it may go out now.
    mutating func take(due events: [OutboxEvent]) -> [OutboxEvent] {
        events.compactMap { held.contains($0.subject) ? nil : take($0) }
    }

    /// Returns the event if it may go out now, nil if it waits behind another or was taken up before.
    private mutating func take(_ event: OutboxEvent) -> OutboxEvent? {
        guard known.insert(event.position).inserted else { return nil }
        reached.note(event.sequence, of: event.subject)
        guard let waiting = followers[event.subject] else {
            followers[event.subject] = []
            return event
        }
        let place = waiting.lastIndex { $0.position < event.position }.map { $0 + 1 } ?? 0
        followers[event.subject]?.insert(event, at: place)
        return nil
    }

    /// Takes in what became of events; returns what may go out now in their stead, and what the broker refused.
    mutating func settle(
        _ events: [OutboxEvent],
        _ outcomes: [PublishOutcome]
    ) -> (now: [OutboxEvent], failures: [OutboxFailure]) {
        var now: [OutboxEvent] = []
        var failures: [OutboxFailure] = []
        for (event, outcome) in zip(events, outcomes) {
            switch outcome {
            case .confirmed:
                event.span?.end()
                report.confirmed.append(event.position)
                if event.wasUnroutable { report.hasFoundRoute = true }
                if let next = follower(of: event.subject) { now.append(next) }
                continue
            case .lost: known.remove(event.position)
            case .refused(let reason):
                failures.append(OutboxFailure(event: event, isUnroutable: false, reason: reason))
            case .returned(let code, let reason):
                failures.append(OutboxFailure(event: event, isUnroutable: true, reason: "\(code) \(reason)"))
            }
            event.span?.fail("not-confirmed")
            hold(event.subject)
        }
        report.failures += failures
        return (now, failures)
    }

    private mutating func follower(of subject: String) -> OutboxEvent? {
        guard let next = followers[subject]?.first else {
            followers[subject] = nil
            return nil
        }
        followers[subject]?.removeFirst()
        return next
    }

    /// Gives a subject back to the outbox: what waits behind the event that did not get through, and what is yet to come.
    private mutating func hold(_ subject: String) {
        for event in followers.removeValue(forKey: subject) ?? [] { known.remove(event.position) }
        held.insert(subject)
        reached.forget(subject)
    }

    /// Hands over what the outbox is to be told, with the question for what is due.
    ///
    /// Subjects that are held from now on are not known to that question.
    mutating func beginAsking() -> Report {
        held.removeAll()
        defer { report = Report() }
        return report
    }

    /// The outbox has been told.
    mutating func told(_ report: Report) {
        known.subtract(report.confirmed)
        known.subtract(report.failures.map(\.event.position))
    }
}

/// How far each subject has been taken up, for the subjects that were heard of lately.
private struct ReachedSequences {
    private static let limit = 10_000
    private var young: [String: Int64] = [:]
    private var old: [String: Int64] = [:]

    /// Whether everything about the subject before this event has been taken up: it is its first, or follows the last.
    func isNext(_ envelope: Envelope) -> Bool {
        guard let sequence = envelope.sequence else { return false }
        return sequence == 1 || (young[envelope.subject] ?? old[envelope.subject]) == sequence - 1
    }

    mutating func note(_ sequence: Int64?, of subject: String) {
        if young.count >= Self.limit { (old, young) = (young, [:]) }
        young[subject] = sequence
    }

    mutating func forget(_ subject: String) {
        young[subject] = nil
        old[subject] = nil
    }
}
