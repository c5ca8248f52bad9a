import Synchronization

/// How full a queue was when it was last looked at.
public struct QueueLook: Sendable, Equatable {
    /// Messages that no consumer has.
    public let ready: Int
    /// Consumers of all replicas.
    public let consumers: Int
    /// Messages that this consumer has and has not acknowledged.
    public let unsettled: Int

    public init(ready: Int, consumers: Int, unsettled: Int) {
        self.ready = ready
        self.consumers = consumers
        self.unsettled = unsettled
    }
}

/// Where the thread of a connection leaves what it saw; nil while there is no connection.
final class LastLook: Sendable {
    private let last = Mutex<QueueLook?>(nil)

    var value: QueueLook? { last.withLock { $0 } }

    func note(_ look: QueueLook?) { last.withLock { $0 = look } }
}
