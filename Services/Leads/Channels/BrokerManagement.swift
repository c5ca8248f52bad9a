import Foundation
import Outbound

/// RabbitMQ's management interface, as far as the users of channels need it.
///
/// Everything that it does may be done again.
struct BrokerManagement: Sendable {
    /// Without a slash at its end: `http://127.0.0.1:15672`.
    let url: String
    let virtualHost: String
    private let authorization: String
    private let client: HTTPClient

    init(url: String, user: String, password: String, virtualHost: String, client: HTTPClient = HTTPClient()) {
        self.url = url.hasSuffix("/") ? String(url.dropLast()) : url
        self.virtualHost = virtualHost
        authorization = "Authorization: Basic " + Data("\(user):\(password)".utf8).base64EncodedString()
        self.client = client
    }

    func close() async { await client.close() }

    /// Sees to it that the broker has the user just so: this password, and write access to its own routing key alone.
    func keep(_ user: ChannelUser) async throws(BrokerFault) {
        let place = "\(escaped(virtualHost))/\(escaped(user.name))"
        if try await knows(user) == false {
            let account = Account(passwordHash: user.passwordHash)
            try await put("/api/users/\(escaped(user.name))", account)
        }
        try await put(
            "/api/permissions/\(place)",
            Rights(configure: "^$", write: "^lintel\\.intake$", read: "^$")
        )
        try await put(
            "/api/topic-permissions/\(place)",
            TopicRights(exchange: "lintel.intake", write: "^lead\\.\(user.channel)$", read: "^$")
        )
    }

    /// Sees to it that the broker has no such user; its connections are closed with it.
    func remove(_ name: String) async throws(BrokerFault) {
        _ = try await call("DELETE", "/api/users/\(escaped(name))", nil, alsoFine: [404])
    }

    /// Whether the broker has the user with this very password; another one is put in its place.
    private func knows(_ user: ChannelUser) async throws(BrokerFault) -> Bool {
        let reply = try await call("GET", "/api/users/\(escaped(user.name))", nil, alsoFine: [404])
        guard reply.code == 200 else { return false }
        let account = try? JSONDecoder().decode(Account.self, from: Data(reply.text.utf8))
        return account?.passwordHash == user.passwordHash
    }

    private func put(_ path: String, _ body: some Encodable) async throws(BrokerFault) {
        guard let data = try? JSONEncoder().encode(body) else { throw .refused(0) }
        _ = try await call("PUT", path, String(decoding: data, as: UTF8.self))
    }

    private func call(
        _ method: String,
        _ path: String,
        _ body: String?,
        alsoFine: Set<Int> = []
    ) async throws(BrokerFault) -> Reply {
        var call = HTTPClient.Call(url + path)
        call.method = method
        call.headers = [authorization, "Content-Type: application/json"]
        call.body = body
        call.isRepeatable = true
        switch await client.send(call) {
        case .accepted(let reply): return reply
        case .refusedForGood(let reply), .refusedForNow(let reply):
            guard alsoFine.contains(reply.code) else { throw .refused(reply.code) }
            return reply
        case .unknown(let trouble), .notSent(let trouble): throw .away(trouble.kind.rawValue)
        }
    }

    private func escaped(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics.union(CharacterSet(charactersIn: "-_.")))
            ?? text
    }

    private struct Account: Codable {
        var passwordHash: String
        var hashingAlgorithm: String? = "rabbit_password_hashing_sha256"
        // RabbitMQ 3.10 answers with a list and takes a text.
        var tags = ""

        private enum CodingKeys: String, CodingKey {
            case passwordHash = "password_hash"
            case hashingAlgorithm = "hashing_algorithm"
            case tags
        }

        init(passwordHash: String) { self.passwordHash = passwordHash }

        init(from decoder: any Decoder) throws {
            passwordHash = try decoder.container(keyedBy: CodingKeys.self).decode(String.self, forKey: .passwordHash)
        }
    }

    private struct Rights: Encodable {
        let configure: String
        let write: String
        let read: String
    }

    private struct TopicRights: Encodable {
        let exchange: String
        let write: String
        let read: String
    }
}

/// A broker user as it is to be.
struct ChannelUser: Sendable, Equatable {
    let name: String
    let channel: String
    let passwordHash: String
}

/// Why the broker's management did not do what it was asked to.
enum BrokerFault: Error, Equatable, CustomStringConvertible {
    /// It answered with this status.
    case refused(Int)
    /// It did not answer.
    case away(String)

    var description: String {
        switch self {
        case .refused(let status): "status-\(status)"
        case .away(let what): what
        }
    }
}
