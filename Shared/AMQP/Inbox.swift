import Synchronization

/// What other threads leave for the thread that owns a connection.
final class Inbox<Item: Sendable>: Sendable {
    private struct Contents {
        var items: [Item] = []
        var isClosed = false
    }

    private let contents = Mutex(Contents())

    /// False when nobody will look any more.
    func put(_ item: Item) -> Bool {
        contents.withLock { contents in
            guard !contents.isClosed else { return false }
            contents.items.append(item)
            return true
        }
    }

    func take() -> [Item] {
        contents.withLock { contents in
            guard !contents.items.isEmpty else { return [] }
            let items = contents.items
            contents.items = []
            return items
        }
    }

    func close() -> [Item] {
        contents.withLock { contents in
            let items = contents.items
            contents = Contents(items: [], isClosed: true)
            return items
        }
    }
}
