public import AMQP
public import Foundation
import FoundationNetworking

/// The broker under test: where it is, and what an administrator does to it through the management interface.
public struct BrokerControl: Sendable {
    public let endpoint: Endpoint
    private let management: URL

    /// What `make test` exports.
    public static func shared() throws -> BrokerControl {
        let management = TestServers.required("LINTEL_TEST_AMQP_MGMT_URL")
        guard let url = URL(string: management) else { throw Trouble(description: "no address: \(management)") }
        return BrokerControl(endpoint: try Endpoint(url: TestServers.brokerURL), management: url)
    }

    public init(endpoint: Endpoint, management: URL) {
        self.endpoint = endpoint
        self.management = management
    }

    public func endpoint(named name: String) -> Endpoint {
        var endpoint = endpoint
        endpoint.connectionName = name
        return endpoint
    }

    public func declareQueue(_ name: String) async throws {
        try await call("PUT", "queues", name, body: Queue(durable: true, arguments: ["x-queue-type": "quorum"]))
    }

    public func deleteQueue(_ name: String) async throws { try await call("DELETE", "queues", name) }

    public func bind(_ queue: String, to exchange: String, key: String) async throws {
        let path = "/api/bindings/\(virtualHost)/e/\(escaped(exchange))/q/\(escaped(queue))"
        try await call("POST", path: path, body: ["routing_key": key])
    }

    public func declareExchange(_ name: String) async throws {
        try await call("PUT", "exchanges", name, body: Exchange(type: "topic", durable: true))
    }

    public func deleteExchange(_ name: String) async throws { try await call("DELETE", "exchanges", name) }

    /// Lets the queue hold this many messages and refuse the others.
    public func limit(_ queue: String, to messages: Int) async throws {
        let definition = Policy.Definition(maxLength: messages, overflow: "reject-publish")
        let policy = Policy(pattern: "^\(queue)$", applyTo: "queues", definition: definition)
        try await call("PUT", "policies", "limit-\(queue)", body: policy)
        try await eventually("the policy applies") { try await self.queue(queue).policy == "limit-\(queue)" }
    }

    public func unlimit(_ queue: String) async throws { try await call("DELETE", "policies", "limit-\(queue)") }

    public func unbind(_ queue: String, from exchange: String, key: String) async throws {
        let path = "/api/bindings/\(virtualHost)/e/\(escaped(exchange))/q/\(escaped(queue))/\(escaped(key))"
        try await call("DELETE", path: path)
    }

    /// Takes up to `count` messages out of a queue for good.
    public func take(_ count: Int, from queue: String) async throws {
        let wish = Take(count: count, ackmode: "ack_requeue_false", encoding: "base64")
        try await call("POST", path: "/api/queues/\(virtualHost)/\(escaped(queue))/get", body: wish)
    }

    /// Closes the connection of this name as an administrator does; waits until the broker knows it.
    public func closeConnection(_ name: String) async throws {
        try await eventually("the connection \(name) is closed") {
            let data = try await call("GET", path: "/api/connections")
            let connections = try JSONDecoder().decode([Connection].self, from: data)
            guard let id = connections.first(where: { $0.properties.name == name })?.name else { return false }
            do {
                try await call("DELETE", path: "/api/connections/\(escaped(id))")
                return true
            } catch let trouble as Trouble where trouble.status == 404 {
                return false  // listed a while longer than it stood
            }
        }
    }

    public func queue(_ name: String) async throws -> QueueState {
        try JSONDecoder().decode(QueueState.self, from: try await call("GET", "queues", name))
    }

    /// The broker did not do what a test asked of it.
    private struct Trouble: Error, CustomStringConvertible {
        let description: String
        var status: Int?
    }

    private var virtualHost: String { escaped(endpoint.virtualHost) }

    private func escaped(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? text
    }

    @discardableResult
    private func call(_ verb: String, _ kind: String, _ name: String, body: (any Encodable)? = nil) async throws -> Data
    {
        try await call(verb, path: "/api/\(kind)/\(virtualHost)/\(escaped(name))", body: body)
    }

    @discardableResult
    private func call(_ verb: String, path: String, body: (any Encodable)? = nil) async throws -> Data {
        guard var parts = URLComponents(url: management, resolvingAgainstBaseURL: false) else {
            throw Trouble(description: "no address: \(management)")
        }
        let login = "\(parts.user ?? ""):\(parts.password ?? "")"
        (parts.user, parts.password, parts.percentEncodedPath) = (nil, nil, path)
        guard let url = parts.url else { throw Trouble(description: "no path: \(path)") }
        var request = URLRequest(url: url, timeoutInterval: 60)
        request.httpMethod = verb
        request.setValue("Basic \(Data(login.utf8).base64EncodedString())", forHTTPHeaderField: "Authorization")
        request.httpBody = try body.map { try JSONEncoder().encode($0) }
        let (data, response) = try await URLSession.shared.data(for: request)
        let status = (response as? HTTPURLResponse)?.statusCode ?? 0
        guard (200..<300).contains(status) else {
            throw Trouble(description: "\(verb) \(path) answered \(status)", status: status)
        }
        return data
    }
}

extension BrokerControl {
    private struct Take: Encodable {
        let count: Int
        let ackmode: String
        let encoding: String
    }

    private struct Queue: Encodable {
        let durable: Bool
        let arguments: [String: String]
    }

    private struct Exchange: Encodable {
        let type: String
        let durable: Bool
    }

    private struct Policy: Encodable {
        struct Definition: Encodable {
            enum CodingKeys: String, CodingKey {
                case maxLength = "max-length"
                case overflow
            }
            let maxLength: Int
            let overflow: String
        }
        enum CodingKeys: String, CodingKey {
            case pattern
            case applyTo = "apply-to"
            case definition
        }
        let pattern: String
        let applyTo: String
        let definition: Definition
    }

    private struct Connection: Decodable {
        struct Properties: Decodable {
            enum CodingKeys: String, CodingKey { case name = "connection_name" }
            let name: String?
        }
        enum CodingKeys: String, CodingKey {
            case name
            case properties = "client_properties"
        }
        let name: String
        let properties: Properties
    }

    /// Figures are some five seconds old.
    public struct QueueState: Decodable, Sendable {
        enum CodingKeys: String, CodingKey {
            case policy, arguments
            case ready = "messages_ready"
            case unacknowledged = "messages_unacknowledged"
        }
        public struct Arguments: Decodable, Sendable {
            enum CodingKeys: String, CodingKey {
                case type = "x-queue-type"
                case isSingle = "x-single-active-consumer"
            }
            public let type: String?
            public let isSingle: Bool?
        }
        public let policy: String?
        public let arguments: Arguments
        public let ready: Int?
        public let unacknowledged: Int?
    }
}
