import Foundation
import Testing

/// A proxy in front of PostgreSQL that cuts a connection when COMMIT goes through it.
struct CommitCutter {
    enum Moment: Sendable, CaseIterable {
        /// The server never hears of it.
        case before
        /// The server has done it, the client does not hear of that.
        case after
    }

    private let listener: Int32
    private let port: UInt16

    /// Runs `body` with the address of a proxy in front of the server at `url`.
    static func run(_ url: String, cutting moment: Moment, _ body: (String) async throws -> Void) async throws {
        var components = try #require(URLComponents(string: url))
        let proxy = try CommitCutter(server: UInt16(components.port ?? 5_432), moment)
        defer { _ = shutdown(proxy.listener, Int32(SHUT_RDWR)) }
        components.port = Int(proxy.port)
        try await body(try #require(components.string))
    }

    private init(server: UInt16, _ moment: Moment) throws {
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = Self.loopback(0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = withUnsafeMutablePointer(to: &address) { [listener] pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) == 0 && listen(listener, 16) == 0 && getsockname(listener, $0, &length) == 0
            }
        }
        try #require(isListening)
        port = UInt16(bigEndian: address.sin_port)
        Thread.detachNewThread { [listener] in
            while case let client = accept(listener, nil, nil), client >= 0 {
                Thread.detachNewThread { Self.serve(client, server, moment) }
            }
            close(listener)
        }
    }

    private static func loopback(_ port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }

    private static func connect(to port: UInt16) -> Int32 {
        let server = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = loopback(port)
        _ = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Foundation.connect(server, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        return server
    }

    /// Carries bytes to and fro until COMMIT or the end.
    private static func serve(_ client: Int32, _ port: UInt16, _ moment: Moment) {
        let server = connect(to: port)
        defer {
            close(client)
            close(server)
        }
        var ends = [client, server].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while poll(&ends, 2, -1) > 0 {
            for (from, to) in [(0, server), (1, client)] where ends[from].revents != 0 {
                let count = read(ends[from].fd, &buffer, buffer.count)
                guard count > 0 else { return }
                let isCommit = buffer[..<count].contains(Array("COMMIT\0".utf8))
                // The client's COMMIT, or the server's word that it is done.
                if isCommit, from == (moment == .before ? 0 : 1) { return }
                guard send(to, buffer, count, Int32(MSG_NOSIGNAL)) == count else { return }
            }
        }
    }
}

extension ArraySlice<UInt8> {
    /// Whether `needle` occurs in it.
    fileprivate func contains(_ needle: [UInt8]) -> Bool {
        indices.contains { self[$0...].starts(with: needle) }
    }
}
