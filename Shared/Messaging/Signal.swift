import Synchronization

/// A signal for each of several names, made when it is first asked for.
final class SignalBoard: Sendable {
    private let signals = Mutex<[String: Signal]>([:])

    subscript(name: String) -> Signal {
        signals.withLock { signals in
            if let known = signals[name] { return known }
            let signal = Signal()
            signals[name] = signal
            return signal
        }
    }
}

/// Wakes whoever sleeps on it.
public final class Signal: Sendable {
    private struct State {
        /// A poke came while nobody slept: the next one does not fall asleep.
        var isPoked = false
        var nextSleeper = 0
        var sleepers: [Int: AsyncStream<Void>.Continuation] = [:]
    }

    private let state = Mutex(State())

    public init() {}

    /// Wakes all sleepers, or lets the next one not fall asleep.
    public func poke() {
        state.withLock { state in
            state.isPoked = state.sleepers.isEmpty
            for sleeper in state.sleepers.values { sleeper.finish() }
            state.sleepers.removeAll()
        }
    }

    /// Sleeps until the next poke, `limit` or the task's cancellation, whichever comes first.
    public func wait(atMost limit: Duration) async {
        let (stream, sleeper) = AsyncStream.makeStream(of: Void.self)
        let id: Int? = state.withLock { state in
            if state.isPoked {
                state.isPoked = false
                return nil
            }
            state.nextSleeper += 1
            state.sleepers[state.nextSleeper] = sleeper
            return state.nextSleeper
        }
        guard let id else { return }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { for await _ in stream {} }
            group.addTask { try? await Task.sleep(for: limit) }
            await group.next()
            group.cancelAll()
        }
        state.withLock { _ = $0.sleepers.removeValue(forKey: id) }
    }
}
