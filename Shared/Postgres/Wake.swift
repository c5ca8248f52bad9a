import Foundation
import Synchronization

/// Interrupts a connection's thread that waits for notifications.
final class Wake: Sendable {
    private let readEnd: Int32
    private let writeEnd: Int32
    private let requests = Mutex(0)

    init() throws {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw PostgresError(message: "no file descriptors are left for a pipe") }
        (readEnd, writeEnd) = (ends[0], ends[1])
        for end in ends {
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
        }
    }

    deinit {
        close(readEnd)
        close(writeEnd)
    }

    /// Somebody wants to use the connection.
    func request() {
        requests.withLock { $0 += 1 }
        nudge()
    }

    /// The request has got the connection.
    func taken() { requests.withLock { $0 -= 1 } }

    var isRequested: Bool { requests.withLock { $0 > 0 } }

    /// Makes ``wait(for:)`` return.
    func nudge() {
        var byte: UInt8 = 1
        _ = write(writeEnd, &byte, 1)  // a full pipe wakes as well
    }

    /// Waits until `socket` can be read or somebody nudges.
    /// - Returns: whether the socket can be read.
    func wait(for socket: Int32) -> Bool {
        var watched = [
            pollfd(fd: socket, events: Int16(POLLIN), revents: 0),
            pollfd(fd: readEnd, events: Int16(POLLIN), revents: 0),
        ]
        _ = poll(&watched, 2, -1)
        var drained = [UInt8](repeating: 0, count: 64)
        while read(readEnd, &drained, drained.count) > 0 {}
        return watched[0].revents != 0
    }
}
