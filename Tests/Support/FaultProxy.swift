import Foundation
import Synchronization

/// A TCP proxy on a loopback port that can cut, half-open, delay, throttle and refuse what goes through it.
///
/// Two threads for each connection; a few connections are what it is for.
public final class FaultProxy: Sendable {
    /// The way that bytes go.
    public enum Way: Sendable, CaseIterable {
        case toServer, toClient
    }

    /// What happens to bytes on their way.
    public struct Fault: Sendable, Equatable {
        /// They vanish, while both ends believe that the connection stands.
        public var swallowed: Set<Way> = []
        /// They arrive later by so much.
        public var delay = Duration.zero
        /// Bytes each second; as many as there are when it is nil.
        public var rate: Int?

        public init(swallowed: Set<Way> = [], delay: Duration = .zero, rate: Int? = nil) {
            self.swallowed = swallowed
            self.delay = delay
            self.rate = rate
        }
    }

    /// Cuts a connection when these bytes go by.
    public struct Trap: Sendable {
        let bytes: [UInt8]
        let way: Way
        /// Whether they still arrive.
        let arrives: Bool
        var times: Int

        public init(_ text: String, going way: Way, arrives: Bool, times: Int = 1) {
            bytes = Array(text.utf8)
            self.way = way
            self.arrives = arrives
            self.times = times
        }
    }

    private struct State {
        var fault = Fault()
        var trap: Trap?
        var sprung = 0
        var isRefusing = false
        var sockets: Set<Int32> = []
    }

    private let listener: Int32
    private let server: UInt16
    /// Where clients connect to, on 127.0.0.1.
    public let port: Int
    private let state = Mutex(State())

    /// Runs `body` with a proxy in front of a port of 127.0.0.1.
    public static func running<Result>(
        to server: Int,
        _ body: (FaultProxy) async throws -> Result
    ) async throws -> Result {
        let proxy = try FaultProxy(to: server)
        defer { proxy.close() }
        return try await body(proxy)
    }

    private init(to server: Int) throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = FaultProxy.loopback(0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) == 0 && listen(listener, 64) == 0 && getsockname(listener, $0, &length) == 0
            }
        }
        guard isListening else { throw POSIXError(.EADDRNOTAVAIL) }
        self.listener = listener
        self.server = UInt16(server)
        port = Int(UInt16(bigEndian: address.sin_port))
        Thread.detachNewThread { [self] in accept() }
    }

    /// From now on.
    public func set(_ fault: Fault) { state.withLock { $0.fault = fault } }

    /// Waits for these bytes.
    public func set(_ trap: Trap?) { state.withLock { $0.trap = trap } }

    /// How often a trap has sprung.
    public var sprung: Int { state.withLock { $0.sprung } }

    /// Cuts every connection.
    public func cut() {
        state.withLock { state in
            for socket in state.sockets { shutdown(socket, Int32(SHUT_RDWR)) }
        }
    }

    /// Cuts every connection and lets nobody in, or lets them in again.
    public func refuse(_ isRefusing: Bool) {
        state.withLock { $0.isRefusing = isRefusing }
        if isRefusing { cut() }
    }

    private func close() {
        refuse(true)
        shutdown(listener, Int32(SHUT_RDWR))
    }

    private func accept() {
        while case let client = Foundation.accept(listener, nil, nil), client >= 0 {
            let server = connected()
            let isWanted = state.withLock { state in
                guard !state.isRefusing, server >= 0 else { return false }
                state.sockets.formUnion([client, server])
                return true
            }
            guard isWanted else {
                for socket in [client, server] where socket >= 0 { Foundation.close(socket) }
                continue
            }
            Thread.detachNewThread { [self] in serve(client, server) }
        }
        Foundation.close(listener)
    }

    /// Carries bytes both ways until either end is done.
    private func serve(_ client: Int32, _ server: Int32) {
        let isDone = DispatchSemaphore(value: 0)
        Thread.detachNewThread { [self] in
            carry(from: server, to: client, .toClient)
            isDone.signal()
        }
        carry(from: client, to: server, .toServer)
        isDone.wait()
        state.withLock { $0.sockets.subtract([client, server]) }
        for socket in [client, server] { Foundation.close(socket) }
    }

    private func carry(from: Int32, to: Int32, _ way: Way) {
        var buffer = [UInt8](repeating: 0, count: 16_384)
        while case let count = read(from, &buffer, buffer.count), count > 0 {
            let fault = state.withLock { $0.fault }
            if fault.delay > .zero { usleep(UInt32(fault.delay / .microseconds(1))) }
            if let rate = fault.rate { usleep(UInt32(count) * 1_000_000 / UInt32(max(1, rate))) }
            if fault.swallowed.contains(way) { continue }
            let trap = springs(on: buffer[..<count], way)
            if trap.map(\.arrives) ?? true {
                guard send(to, buffer, count, Int32(MSG_NOSIGNAL)) == count else { break }
            }
            if trap != nil { break }
        }
        shutdown(from, Int32(SHUT_RDWR))
        shutdown(to, Int32(SHUT_RDWR))
    }

    /// The trap, if these bytes spring it.
    private func springs(on bytes: ArraySlice<UInt8>, _ way: Way) -> Trap? {
        state.withLock { state in
            guard let trap = state.trap, trap.way == way, trap.times > 0, bytes.holds(trap.bytes) else { return nil }
            state.trap?.times -= 1
            state.sprung += 1
            return trap
        }
    }

    private func connected() -> Int32 {
        let end = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = FaultProxy.loopback(server)
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(end, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status == 0 else {
            Foundation.close(end)
            return -1
        }
        return end
    }

    private static func loopback(_ port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }
}

extension ArraySlice<UInt8> {
    fileprivate func holds(_ needle: [UInt8]) -> Bool {
        guard let first = needle.first, count >= needle.count else { return false }
        return indices.dropLast(needle.count - 1).contains { self[$0] == first && self[$0...].starts(with: needle) }
    }
}
