import Synchronization

/// Lets those whose clock runs go first: while their texts wait, everything else is sent more slowly.
///
/// At rest a text to an agent is taken up some milliseconds after it was written. When that takes longer the machine has more
/// to do than it can, and whoever nobody waits for leaves it to them; in a storm of enquiries texts to customers and mails
/// are late then, and go out after it.
final class Precedence: Sendable {
    private struct Wait {
        let time: Duration
        let noted: ContinuousClock.Instant
    }

    private let last = Mutex<Wait?>(nil)

    /// What is no wait yet: twice what writing and taking up need at rest.
    static let tolerance: Duration = .milliseconds(15)
    /// Whatever happens, everything goes on: no pause is longer.
    static let longest: Duration = .milliseconds(500)
    /// So long one wait says something of the next.
    static let validity: Duration = .seconds(1)

    /// Texts to staff waited so long until they were taken up.
    func waited(_ time: Duration, now: ContinuousClock.Instant = .now) {
        last.withLock { $0 = Wait(time: time, noted: now) }
    }

    /// How long those who can wait should.
    func pause(now: ContinuousClock.Instant = .now) -> Duration {
        guard let wait = last.withLock({ $0 }), now - wait.noted < Precedence.validity else { return .zero }
        return min(Precedence.longest, max(.zero, wait.time - Precedence.tolerance) * 10)
    }
}
