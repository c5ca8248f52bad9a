import Synchronization

/// Events that this process has just committed, on their way to its relay, which need not read them back.
///
/// A shortcut and nothing more: what is not in here any more, or never was, the outbox has.
final class FreshEvents: Sendable {
    /// What has come since the last look.
    struct News {
        /// In the order in which they were told of; of one subject that is their order.
        var entries: [JournalEntry] = []
        /// The outbox has something that is not among them.
        var isMoreInOutbox = false
        fileprivate var bytes = 0
    }

    /// The most that waits; beyond it all is left to the outbox.
    private static let limit = (events: 5_000, bytes: 8 << 20)

    private struct State {
        var isWanted = false
        var news = News()
    }

    private let state = Mutex(State())

    /// Whether this process' relay leads: only then will anybody take them.
    func keep(_ isWanted: Bool) { state.withLock { $0 = State(isWanted: isWanted) } }

    /// Takes in what has just been committed.
    func add(_ entries: [JournalEntry]) {
        state.withLock { state in
            guard state.isWanted else { return }
            state.news.entries += entries
            state.news.bytes += entries.reduce(0) { $0 + $1.data.utf8.count }
            guard state.news.entries.count > Self.limit.events || state.news.bytes > Self.limit.bytes else { return }
            state.news = News(isMoreInOutbox: true)
        }
    }

    /// Has the relay look into the outbox: there is something that this process has not journalled just now.
    func lookIntoOutbox() { state.withLock { $0.news.isMoreInOutbox = true } }

    /// Hands over what has come, once.
    func take() -> News {
        state.withLock { state in
            defer { state.news = News() }
            return state.news
        }
    }
}
