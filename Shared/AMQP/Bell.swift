import CRabbitMQ
import Glibc

/// Wakes the thread that owns a connection from its poll.
final class Bell: Sendable {
    private let descriptor: Int32

    /// Without descriptors left the thread still looks round about once a second.
    init() { descriptor = crmq_bell() }

    deinit { if descriptor >= 0 { close(descriptor) } }

    func ring() { crmq_ring(descriptor) }

    /// Waits until the socket has something to read, the bell is rung, or the time is up.
    func wait(orReadable socket: Int32 = -1, for time: Duration) {
        let longest: Duration = descriptor >= 0 ? .seconds(3600) : .seconds(1)
        let milliseconds = max(.zero, min(time, longest)) / .milliseconds(1)
        crmq_wait(socket, descriptor, Int32(milliseconds.rounded(.up)))
        crmq_hush(descriptor)
    }
}
