import Synchronization

/// Deliveries on their way from the connection's thread to the one reader of ``Consumer/batches``.
///
/// The prefetch bounds it: nothing more arrives while that much is unacknowledged.
final class DeliveryQueue: Sendable {
    private struct Contents {
        var unread: [Delivery] = []
        var reader: CheckedContinuation<[Delivery]?, Never>?
        var hasEnded = false
    }

    private let batchSize: Int
    private let contents = Mutex(Contents())

    init(batchSize: Int) { self.batchSize = max(1, batchSize) }

    func put(_ deliveries: [Delivery]) {
        contents.withLock { $0.unread.append(contentsOf: deliveries) }
        serve()
    }

    /// The broker delivers them again: what nobody has read yet is forgotten.
    func forgetUnread() { contents.withLock { $0.unread = [] } }

    /// After what is unread there will be no more.
    func end() {
        contents.withLock { $0.hasEnded = true }
        serve()
    }

    /// The next batch; nil at the end.
    func next() async -> [Delivery]? {
        await withCheckedContinuation { continuation in
            let earlier = contents.withLock { contents in
                defer { contents.reader = continuation }
                return contents.reader
            }
            earlier?.resume(returning: nil)
            serve()
        }
    }

    /// The reader's task was cancelled.
    func dismissReader() {
        contents.withLock { $0.reader.take() }?.resume(returning: nil)
    }

    private func serve() {
        let served: (CheckedContinuation<[Delivery]?, Never>, [Delivery]?)? = contents.withLock { contents in
            guard let reader = contents.reader, contents.hasEnded || !contents.unread.isEmpty else { return nil }
            contents.reader = nil
            guard !contents.unread.isEmpty else { return (reader, nil) }
            let batch = Array(contents.unread.prefix(batchSize))
            contents.unread.removeFirst(batch.count)
            return (reader, batch)
        }
        guard let (reader, batch) = served else { return }
        reader.resume(returning: batch)
    }
}
