import Synchronization

/// A clock on which nobody waits: whoever sleeps wakes at once, and then it is as late as they wanted.
final class DreamClock: Clock {
    struct Instant: InstantProtocol {
        var sinceStart: Duration

        func advanced(by duration: Duration) -> Instant { Instant(sinceStart: sinceStart + duration) }
        func duration(to other: Instant) -> Duration { other.sinceStart - sinceStart }
        static func < (left: Instant, right: Instant) -> Bool { left.sinceStart < right.sinceStart }
    }

    private let state = Mutex((now: Duration.zero, sleeps: [Duration]()))
    private let meanwhile: @Sendable () -> Void

    /// `meanwhile` happens while somebody sleeps.
    init(_ meanwhile: @escaping @Sendable () -> Void = {}) { self.meanwhile = meanwhile }

    var now: Instant { Instant(sinceStart: state.withLock { $0.now }) }
    var minimumResolution: Duration { .nanoseconds(1) }
    /// How long each sleep was.
    var sleeps: [Duration] { state.withLock { $0.sleeps } }

    func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        state.withLock { state in
            let pause = max(.zero, deadline.sinceStart - state.now)
            state.sleeps.append(pause)
            state.now += pause
        }
        meanwhile()
    }

    func pass(_ time: Duration) { state.withLock { $0.now += time } }
}
