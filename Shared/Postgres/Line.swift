import Foundation
import Synchronization

/// The socket of a connection, as far as threads other than the connection's own may touch it: they may cut it.
///
/// Whatever waits for the server then fails at once. A cut connection is never used again.
final class Line: Sendable {
    private struct State {
        var socket: Int32?
        var isCut = false
    }

    private let state = Mutex(State())

    var isCut: Bool { state.withLock { $0.isCut } }

    func attach(_ socket: Int32) { state.withLock { $0.socket = socket } }

    /// Called before the socket is closed, since its number may then belong to somebody else.
    func detach() { state.withLock { $0.socket = nil } }

    func cut() {
        state.withLock { state in
            state.isCut = true
            if let socket = state.socket { _ = shutdown(socket, Int32(SHUT_RDWR)) }
        }
    }
}
