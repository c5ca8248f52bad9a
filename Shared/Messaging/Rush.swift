import Foundation
import Synchronization

/// Whether a service has its hands full with what somebody waits for; what nobody waits for makes way meanwhile.
///
/// It is on while most of the last second or so went into that work: an exponentially weighted mean, as of the system's load.
public final class Rush<Time: Clock>: Sendable where Time.Duration == Duration {
    /// The share of the time from which on it is a rush.
    private static var full: Double { 0.7 }
    /// What was longer ago counts for a third and less.
    private static var memory: Duration { .seconds(1) }
    /// How long what makes way rests for a turn of its own, in the length of that turn.
    private static var patience: Int { 20 }
    /// How soon it is noticed that it is over.
    private static var look: Duration { .milliseconds(100) }

    private struct State {
        var load = 0.0
        var reckonedAt: Time.Instant
        var atWork = 0
    }

    private let clock: Time
    private let state: Mutex<State>

    package init(by clock: Time) {
        self.clock = clock
        state = Mutex(State(reckonedAt: clock.now))
    }

    /// Whether it is on.
    public var isOn: Bool { reckon { $0.load >= Self.full } }

    /// Does something that somebody waits for.
    func during<Result>(
        isolation: isolated (any Actor)? = #isolation,
        _ work: () async throws -> Result
    ) async rethrows -> Result {
        reckon { $0.atWork += 1 }
        defer { reckon { $0.atWork -= 1 } }
        return try await work()
    }

    /// Waits until it is over, or for so many times as long as a turn took, so that what makes way never stands still; or
    /// until the task is cancelled.
    func calm(afterATurnOf took: Duration) async {
        let deadline = clock.now.advanced(by: took * Self.patience)
        while isOn, clock.now < deadline, !Task.isCancelled {
            try? await clock.sleep(until: min(deadline, clock.now.advanced(by: Self.look)), tolerance: nil)
        }
    }

    @discardableResult
    private func reckon<Result>(_ change: (inout sending State) -> Result) -> Result {
        state.withLock { state in
            let now = clock.now
            let kept = exp(-(state.reckonedAt.duration(to: now) / Self.memory))
            state.load = state.load * kept + (state.atWork > 0 ? 1 - kept : 0)
            state.reckonedAt = now
            return change(&state)
        }
    }
}
