import Synchronization

/// Events that this process has just journalled, so that its relay need not read them back.
///
/// A shortcut to their content and nothing more: what is published, and in which order, the outbox says.
final class RecentEvents: Sendable {
    fileprivate struct Kept {
        var isWanted = false
        var entries: [Int64: JournalEntry] = [:]
        /// Positions in the order in which they were added, from `head` on.
        var order: [Int64] = []
        var head = 0
        var bytes = 0
    }

    /// The most that is kept; what nobody has fetched by then is forgotten, the oldest first.
    fileprivate static let limit = (events: 5_000, bytes: 8 << 20)

    private let kept = Mutex(Kept())

    /// Whether this process' relay leads: only then will anybody fetch them.
    func keep(_ isWanted: Bool) { kept.withLock { $0 = Kept(isWanted: isWanted) } }

    /// Takes in what has just been committed.
    func add(_ entries: [JournalEntry]) {
        kept.withLock { kept in
            guard kept.isWanted else { return }
            for entry in entries {
                guard let position = entry.position else { continue }
                kept.entries[position] = entry
                kept.order.append(position)
                kept.bytes += entry.data.utf8.count
            }
            kept.forgetOldest()
        }
    }

    /// Hands out what is known of these positions, once.
    func fetch(_ positions: [Int64]) -> [Int64: JournalEntry] {
        kept.withLock { kept in
            var found: [Int64: JournalEntry] = [:]
            for position in positions { found[position] = kept.remove(position) }
            return found
        }
    }
}

extension RecentEvents.Kept {
    @discardableResult
    fileprivate mutating func remove(_ position: Int64) -> JournalEntry? {
        let entry = entries.removeValue(forKey: position)
        bytes -= entry?.data.utf8.count ?? 0
        return entry
    }

    /// Forgets the oldest while there is too much, and the places of those that were fetched.
    fileprivate mutating func forgetOldest() {
        while head < order.count, isTooMuch || entries[order[head]] == nil {
            remove(order[head])
            head += 1
        }
        guard head > RecentEvents.limit.events else { return }
        order.removeFirst(head)
        head = 0
    }

    private var isTooMuch: Bool {
        entries.count > RecentEvents.limit.events || bytes > RecentEvents.limit.bytes
    }
}
