import Metrics
import Synchronization

/// Spans that wait to be sent: never more than agreed, so that a collector that is away costs no memory.
final class SpanQueue: Sendable {
    private let waiting = Mutex<[EndedSpan]>([])
    private let capacity: Int
    private let batch: Int
    private let dropped = Counter(label: "spans_dropped_total", dimensions: [("reason", "buffer-full")])

    init(capacity: Int, batch: Int) {
        self.capacity = capacity
        self.batch = batch
        dropped.increment(by: 0)
    }

    /// Never waits: what there is no room for is dropped.
    func add(_ span: EndedSpan) {
        let hasRoom = waiting.withLock { waiting in
            guard waiting.count < capacity else { return false }
            waiting.append(span)
            return true
        }
        if !hasRoom { dropped.increment() }
    }

    /// The oldest spans, as many as one post holds.
    func take() -> [EndedSpan] {
        waiting.withLock { waiting in
            let spans = Array(waiting.prefix(batch))
            waiting.removeFirst(spans.count)
            return spans
        }
    }

    /// Whether there is enough for a post.
    var isReady: Bool { waiting.withLock { $0.count >= batch } }
}
