import AMQP
import Failures

/// A delivery, as far as it was read before its turn.
enum Reading<Content: Sendable>: Sendable {
    case read(Incoming<Content>)
    case refused(Delivery, Rejection)
    /// Reading it may be what kills: it is counted first.
    case suspect(Delivery)
}
