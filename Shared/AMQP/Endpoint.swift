/// Where a broker is and how to talk to it.
public struct Endpoint: Sendable {
    public var host: String
    public var port: Int
    public var user: String
    public var password: String
    public var virtualHost: String
    /// Verification is always on; nil means no TLS.
    public var tls: TLS?
    /// Seconds; the peer is given up after two of them without a sign of life.
    ///
    /// Less than one counts as one: a connection without heartbeats would not notice a peer that is gone.
    public var heartbeat = 20
    /// Shown in the broker's list of connections, and the dimension `connection` of the metrics.
    public var connectionName = "lintel"

    /// How the broker's certificate is verified.
    public struct TLS: Sendable {
        /// A PEM file with the authorities to trust.
        public var authorityFile: String
        public init(authorityFile: String) { self.authorityFile = authorityFile }
    }

    public init(
        host: String,
        port: Int = 5672,
        user: String,
        password: String,
        virtualHost: String = "/",
        tls: TLS? = nil
    ) {
        self.host = host
        self.port = port
        self.user = user
        self.password = password
        self.virtualHost = virtualHost
        self.tls = tls
    }

    /// The same endpoint for one purpose of several, which is added to the connection's name.
    public func named(_ purpose: String) -> Endpoint {
        var endpoint = self
        endpoint.connectionName += " \(purpose)"
        return endpoint
    }
}

/// What went wrong on a connection.
public struct AMQPError: Error, Sendable, CustomStringConvertible {
    /// The step: "open socket", "log in", "declare queue leads.intake".
    public var step: String
    /// librabbitmq's or the broker's own words.
    public var reason: String
    /// The broker's reply code (403, 404, 406, 320…), where it sent one.
    public var code: Int?

    public init(step: String, reason: String, code: Int? = nil) {
        self.step = step
        self.reason = reason
        self.code = code
    }

    public var description: String { code.map { "\(step): \($0) \(reason)" } ?? "\(step): \(reason)" }
}

/// What a connection is doing now; readiness is told from it.
public enum ConnectionState: Sendable, Equatable {
    case connecting(attempt: Int, lastError: String?)
    case running
    /// The broker is short of memory or disk and takes no publishes.
    case blocked(reason: String)
    /// The broker has something else than is needed (406 on a declare, no permission, queue or exchange missing).
    case topologyDrift(String)
    case closed
}

/// A piece of topology that is asserted on every (re)connection, in order, before anything else.
public enum Declaration: Sendable, Equatable {
    /// The exchange must exist already (passive).
    case exchangeExists(String)
    /// A durable quorum queue; `singleActiveConsumer` adds `x-single-active-consumer`.
    case quorumQueue(String, singleActiveConsumer: Bool)
    /// A binding; asserting it again does nothing.
    case binding(queue: String, exchange: String, routingKey: String)
}
