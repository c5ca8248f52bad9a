import Contracts

/// The way of an event that is sent again to one service alone: the routing key `<sender>.again.<receiver>`, and behind
/// it, where it is only to rebuild a projection, `.<projection>.<run>`.
///
/// It stands in the routing key, and not in a header, because that stays with a message wherever it is kept.
public struct ReplayRoute: Sendable, Equatable {
    public let sender: String
    public let receiver: String
    public let rebuild: Rebuild?

    /// What an event is sent again for.
    public struct Rebuild: Sendable, Equatable {
        public let projection: String
        /// Tells this rebuilding from others: within one, an event takes effect once, however often it is delivered.
        public let run: String

        public init(projection: String, run: String) {
            self.projection = projection
            self.run = run
        }
    }

    public init(sender: String, receiver: String, rebuild: Rebuild? = nil) {
        self.sender = sender
        self.receiver = receiver
        self.rebuild = rebuild
    }

    /// Nil for every other routing key.
    init?(_ routingKey: String) {
        let words = routingKey.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard words.count == 3 || words.count == 5, words[1] == "again" else { return nil }
        let rebuild = words.count == 5 ? Rebuild(projection: words[3], run: words[4]) : nil
        self.init(sender: words[0], receiver: words[2], rebuild: rebuild)
    }

    var routingKey: String {
        "\(sender).again.\(receiver)" + (rebuild.map { ".\($0.projection).\($0.run)" } ?? "")
    }

    /// What a service's queue is bound to.
    static func binding(of service: String) -> InletBinding {
        InletBinding(exchange: "lintel.events", routingKey: "*.again.\(service).#")
    }
}
