import AMQP
import Foundation
import FoundationNetworking
import Testing

/// The broker under test: where it is, and what an administrator does to it through the management interface.
struct BrokerControl: Sendable {
    let endpoint: Endpoint
    private let management: URL

    /// What `make test` exports.
    static func shared() throws -> BrokerControl {
        let environment = ProcessInfo.processInfo.environment
        let url = try #require(environment["LINTEL_TEST_AMQP_URL"], "start the tests by make test")
        let management = try #require(environment["LINTEL_TEST_AMQP_MGMT_URL"], "start the tests by make test")
        return BrokerControl(endpoint: try Endpoint(url: url), management: try #require(URL(string: management)))
    }

    init(endpoint: Endpoint, management: URL) {
        self.endpoint = endpoint
        self.management = management
    }

    func endpoint(named name: String) -> Endpoint {
        var endpoint = endpoint
        endpoint.connectionName = name
        return endpoint
    }

    func declareQueue(_ name: String, arguments: [String: String] = ["x-queue-type": "quorum"]) async throws {
        try await call("PUT", "queues", name, body: Queue(durable: true, arguments: arguments))
    }

    func deleteQueue(_ name: String) async throws { try await call("DELETE", "queues", name) }

    func declareExchange(_ name: String) async throws {
        try await call("PUT", "exchanges", name, body: Exchange(type: "topic", durable: true))
    }

    func deleteExchange(_ name: String) async throws { try await call("DELETE", "exchanges", name) }

    /// Lets the queue hold this many messages and refuse the others.
    func limit(_ queue: String, to messages: Int) async throws {
        let definition = Policy.Definition(maxLength: messages, overflow: "reject-publish")
        let policy = Policy(pattern: "^\(queue)$", applyTo: "queues", definition: definition)
        try await call("PUT", "policies", "limit-\(queue)", body: policy)
        try await eventually("the policy applies") { try await self.queue(queue).policy == "limit-\(queue)" }
    }

    func unlimit(_ queue: String) async throws { try await call("DELETE", "policies", "limit-\(queue)") }

    /// Closes the connection of this name as an administrator does; waits until the broker knows it.
    func closeConnection(_ name: String) async throws {
        var id: String?
        try await eventually("the connection \(name) is listed") {
            let data = try await call("GET", path: "/api/connections")
            let connections = try JSONDecoder().decode([Connection].self, from: data)
            id = connections.first { $0.properties.name == name }?.name
            return id != nil
        }
        try await call("DELETE", path: "/api/connections/\(escaped(try #require(id)))")
    }

    func queue(_ name: String) async throws -> QueueState {
        try JSONDecoder().decode(QueueState.self, from: try await call("GET", "queues", name))
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
        var parts = try #require(URLComponents(url: management, resolvingAgainstBaseURL: false))
        let login = "\(parts.user ?? ""):\(parts.password ?? "")"
        (parts.user, parts.password, parts.percentEncodedPath) = (nil, nil, path)
        var request = URLRequest(url: try #require(parts.url), timeoutInterval: 10)
        request.httpMethod = verb
        request.setValue("Basic \(Data(login.utf8).base64EncodedString())", forHTTPHeaderField: "Authorization")
        request.httpBody = try body.map { try JSONEncoder().encode($0) }
        let (data, response) = try await URLSession.shared.data(for: request)
        let status = (response as? HTTPURLResponse)?.statusCode ?? 0
        try #require((200..<300).contains(status), "\(verb) \(path) answered \(status)")
        return data
    }
}

extension BrokerControl {
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
    struct QueueState: Decodable {
        enum CodingKeys: String, CodingKey {
            case policy, arguments
            case ready = "messages_ready"
            case unacknowledged = "messages_unacknowledged"
        }
        struct Arguments: Decodable {
            enum CodingKeys: String, CodingKey {
                case type = "x-queue-type"
                case isSingle = "x-single-active-consumer"
            }
            let type: String?
            let isSingle: Bool?
        }
        let policy: String?
        let arguments: Arguments
        let ready: Int?
        let unacknowledged: Int?
    }
}
