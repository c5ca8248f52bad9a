/// The way of an event that is sent again to one service alone: the routing key `<sender>.again.<receiver>`.
///
/// It stands in the routing key, and not in a header, because that stays with a message wherever it is kept.
public struct ReplayRoute: Sendable, Equatable {
    public let sender: String
    public let receiver: String

    public init(sender: String, receiver: String) {
        self.sender = sender
        self.receiver = receiver
    }

    var routingKey: String { "\(sender).again.\(receiver)" }

    /// What a service's queue is bound to.
    static func binding(of service: String) -> InletBinding {
        InletBinding(exchange: "lintel.events", routingKey: "*.again.\(service).#")
    }
}
