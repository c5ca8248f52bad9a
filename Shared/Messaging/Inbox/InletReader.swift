import AMQP
import Foundation

/// Says of a message whether an inlet could handle it, without handling it.
public struct InletReader: Sendable {
    /// What the inlet files a message under.
    struct Reading: Sendable, Equatable {
        let source: String
        let messageID: String
        let name: String?
        let orderKeys: [String]
    }

    let queue: String
    let deduplicates: Bool
    /// - Throws: a ``Failures/Rejection`` that names the field at fault.
    let read: @Sendable (Delivery) throws -> Reading

    public init(_ inlet: some Inlet) {
        queue = inlet.queue
        deduplicates = inlet.deduplicates
        read = { delivery in
            let message = try inlet.open(delivery)
            try inlet.check(message)
            return Reading(
                source: message.source,
                messageID: message.messageID,
                name: message.name,
                orderKeys: message.orderKeys
            )
        }
    }

    /// The reader of `<service>.events`.
    public static func events(_ service: String, _ subscriptions: [Subscription]) -> InletReader {
        InletReader(EventInlet(service: service, subscriptions: subscriptions))
    }
}
