public import Contracts
import Synchronization

/// Says what this process has committed to the journal, to whoever wants to know at once: for what is shown, not for what is
/// done, since a process that dies in between has said nothing.
public final class CommittedEvents: Sendable {
    public struct Event: Sendable {
        public let name: MessageName
        public let subject: String
    }

    /// In a structure: a bare function in a lock is wrapped anew each time that it is looked at, for good.
    private struct Listener {
        let hear: @Sendable ([Event]) -> Void
    }

    private let listener = Mutex<Listener?>(nil)

    /// Calls `body` with the published events of every transaction, once it has committed; whoever listened before no longer
    /// does.
    public func listen(_ body: @escaping @Sendable ([Event]) -> Void) {
        listener.withLock { $0 = Listener(hear: body) }
    }

    func tell(_ entries: [JournalEntry]) {
        guard !entries.isEmpty, let listener = listener.withLock({ $0 }) else { return }
        listener.hear(entries.map { Event(name: $0.envelope.type, subject: $0.envelope.subject) })
    }
}
