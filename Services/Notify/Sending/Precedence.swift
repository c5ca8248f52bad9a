import Synchronization

/// Lets those who wait go first: while their messages are late, what comes after them is sent more slowly.
///
/// At rest a text to an agent is taken up some milliseconds after it was written. When that takes longer the machine has more
/// to do than it can, and whoever nobody waits for leaves it to them; in a storm of enquiries texts to customers and mails
/// are late then, and go out after it. What nobody asked for comes last: it leaves the way to both.
final class Precedence: Sendable {
    /// Who goes before whom.
    enum Place: Int, Sendable, CaseIterable {
        /// Texts to staff, whose clock runs.
        case first
        /// Mails to staff, and what customers wait for.
        case middle
        /// Marketing.
        case last

        /// What is no wait yet: twice what writing and taking up need at rest.
        var tolerance: Duration {
            switch self {
            case .first: .milliseconds(15)
            case .middle, .last: .milliseconds(100)
            }
        }
    }

    private struct Wait {
        let time: Duration
        let noted: ContinuousClock.Instant
    }

    private let last = Mutex<[Place: Wait]>([:])

    /// Whatever happens, everything goes on: no pause is longer.
    static let longest: Duration = .seconds(2)
    /// Up to here being late is what happens now and then; beyond it the machine has more to do than it can.
    private static let blink: Duration = .milliseconds(5)
    /// So long one wait says something of the next.
    static let validity: Duration = .seconds(1)

    /// Messages of a place waited so long until they were taken up.
    func waited(_ time: Duration, _ place: Place, now: ContinuousClock.Instant = .now) {
        last.withLock { $0[place] = Wait(time: time, noted: now) }
    }

    /// How long those of a place should wait for those before them.
    func pause(before place: Place, now: ContinuousClock.Instant = .now) -> Duration {
        let waits = last.withLock { $0 }
        let pauses = waits.filter { $0.key.rawValue < place.rawValue && now - $0.value.noted < Precedence.validity }
            .map { before, wait in Self.pause(for: max(.zero, wait.time - before.tolerance)) }
        return min(Precedence.longest, pauses.max() ?? .zero)
    }

    /// Ten times as long as those before are late, and more than that in proportion where they are later than a blink.
    private static func pause(for late: Duration) -> Duration { late * 10 * max(1, late / blink) }
}
