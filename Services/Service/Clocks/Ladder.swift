import Foundation

/// Who hears of a case that nobody has answered, and when: each step once.
struct Ladder: Sendable, Equatable {
    /// A rung of the ladder; the raw value is what the wire calls it.
    enum Step: Int, Sendable, CaseIterable {
        /// At the deadline: the owner and the supervisors.
        case desk = 1
        /// Later: the heads.
        case head = 2
    }

    /// What the wire and the timers call this clock.
    static let clock = "first-response"
    static let timer = "service.first-response"

    let dueAt: Date
    let escalateAt: Date

    func due(_ step: Step) -> Date {
        switch step {
        case .desk: dueAt
        case .head: escalateAt
        }
    }

    /// The steps whose time has come and that were not taken yet, in order.
    ///
    /// After a long standstill they may be several.
    func outstanding(at now: Date, taken: Set<Int>) -> [Step] {
        Step.allCases.filter { due($0) <= now && !taken.contains($0.rawValue) }
    }

    /// When to look again; nil when every step was taken.
    func next(after now: Date, taken: Set<Int>) -> Date? {
        Step.allCases.filter { !taken.contains($0.rawValue) }.map(due).filter { $0 > now }.min()
    }
}
