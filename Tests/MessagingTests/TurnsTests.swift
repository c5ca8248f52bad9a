import Synchronization
import Testing

@testable import Messaging

@Suite("Turns")
struct TurnsTests {
    @Test("the first turn is at once, and what comes until the next may begin is done together")
    func gathers() async {
        let waiting = Mutex([1])
        let clock = DreamClock { waiting.withLock { $0 += [2, 3, 4] } }
        var turns = Turns(apart: .milliseconds(100), by: clock)
        var done: [[Int]] = []
        for _ in 0..<2 {
            await turns.next()
            done.append(
                waiting.withLock { waiting in
                    defer { waiting = [] }
                    return waiting
                }
            )
        }
        #expect(done == [[1], [2, 3, 4]])
        #expect(clock.sleeps == [.milliseconds(100)])
    }

    @Test("what a turn itself takes counts, and after a rest nobody waits")
    func counted() async {
        let clock = DreamClock()
        var turns = Turns(apart: .milliseconds(100), by: clock)
        for work in [30, 100, 250, 0] {
            await turns.next()
            clock.pass(.milliseconds(work))
        }
        await turns.next()
        #expect(clock.sleeps == [.milliseconds(70), .zero, .zero, .milliseconds(100)])
    }

    @Test("what people wait for has no turns")
    func prompt() async {
        let clock = DreamClock()
        var turns = Turns(apart: .zero, by: clock)
        for _ in 0..<3 { await turns.next() }
        #expect(clock.sleeps == [])
    }
}

/// A clock on which nobody waits: whoever sleeps wakes at once, and then it is as late as they wanted.
private final class DreamClock: Clock {
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
