import Foundation

extension Endpoint {
    /// Reads `amqp://user:password@host:port/vhost` (`amqps://…?cacertfile=/path` for TLS); parts may be
    /// percent-encoded.
    ///
    /// `heartbeat` and `connection_name` are understood as further parameters. - Throws: ``AMQPError`` that names the
    /// part which cannot be read, never the password.
    public init(url: String) throws {
        guard let parts = URLComponents(string: url) else { throw Self.unreadable("it is not a URL") }
        guard parts.scheme == "amqp" || parts.scheme == "amqps" else {
            throw Self.unreadable("the scheme must be amqp or amqps")
        }
        guard let host = parts.host, !host.isEmpty else { throw Self.unreadable("the host is missing") }
        guard let user = parts.user, !user.isEmpty else { throw Self.unreadable("the user is missing") }
        guard let password = parts.password else { throw Self.unreadable("the password is missing") }
        self.init(
            host: host.trimmingCharacters(in: ["[", "]"]),
            port: parts.port ?? (parts.scheme == "amqps" ? 5671 : 5672),
            user: user,
            password: password,
            virtualHost: try Self.virtualHost(in: parts.percentEncodedPath)
        )
        for item in parts.queryItems ?? [] { try take(item) }
        guard (parts.scheme == "amqps") == (tls != nil) else {
            throw Self.unreadable("cacertfile must name the authorities with amqps, and only with it")
        }
        guard ![host, user, password, virtualHost].contains(where: { $0.utf8.contains(0) }) else {
            throw Self.unreadable("a part holds a NUL")
        }
    }

    private mutating func take(_ item: URLQueryItem) throws {
        switch item.name {
        case "cacertfile":
            guard let file = item.value, !file.isEmpty else { throw Self.unreadable("cacertfile is empty") }
            tls = TLS(authorityFile: file)
        case "heartbeat":
            guard let seconds = item.value.flatMap(Int.init), (1...3600).contains(seconds) else {
                throw Self.unreadable("heartbeat must be between 1 and 3600 seconds")
            }
            heartbeat = seconds
        case "connection_name":
            connectionName = item.value ?? connectionName
        default:
            throw Self.unreadable("the parameter \(item.name) is not known")
        }
    }

    private static func virtualHost(in path: String) throws -> String {
        let encoded = path.dropFirst()
        guard !encoded.isEmpty else { return "/" }
        guard !encoded.contains("/"), let name = String(encoded).removingPercentEncoding else {
            throw unreadable("the virtual host must be one percent-encoded path element")
        }
        return name
    }

    private static func unreadable(_ reason: String) -> AMQPError {
        AMQPError(step: "read the broker's URL", reason: reason)
    }
}
