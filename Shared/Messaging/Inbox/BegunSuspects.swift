import AMQP
import Synchronization

/// The suspects that this process has begun to handle: one that must wait for the database is not begun once more.
final class BegunSuspects: Sendable {
    private let tags = Mutex(Set<Delivery.Tag>())

    func contains(_ suspect: Delivery) -> Bool { tags.withLock { $0.contains(suspect.tag) } }

    /// Notes that a suspect's start was counted.
    ///
    /// What was begun on another connection comes again on this one.
    func insert(_ suspect: Delivery) {
        tags.withLock { tags in
            tags = tags.filter { $0.epoch == suspect.tag.epoch }
            tags.insert(suspect.tag)
        }
    }

    func remove(_ suspect: Delivery) { _ = tags.withLock { $0.remove(suspect.tag) } }
}
