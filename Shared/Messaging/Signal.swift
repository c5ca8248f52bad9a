import Synchronization

/// Wakes one sleeper. Pokes that come while nobody sleeps are remembered as one.
public final class Signal: Sendable {
    private enum State {
        case idle
        case poked
        case sleeping(AsyncStream<Void>.Continuation)
    }

    private let state = Mutex(State.idle)

    public init() {}

    /// Wakes the sleeper, or lets the next one not fall asleep.
    public func poke() {
        state.withLock { state in
            if case .sleeping(let sleeper) = state { sleeper.finish() }
            state = .poked
        }
    }

    /// Sleeps until the next poke, `limit` or the task's cancellation, whichever comes first.
    public func wait(atMost limit: Duration) async {
        let (stream, sleeper) = AsyncStream.makeStream(of: Void.self)
        let isPoked = state.withLock { state in
            if case .poked = state {
                state = .idle
                return true
            }
            state = .sleeping(sleeper)
            return false
        }
        if isPoked { return }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { for await _ in stream {} }
            group.addTask { try? await Task.sleep(for: limit) }
            await group.next()
            group.cancelAll()
        }
        state.withLock { $0 = .idle }
    }
}
