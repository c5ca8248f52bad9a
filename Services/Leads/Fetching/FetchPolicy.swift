import Foundation
import Policies

/// For how long, and how often, a lead is asked for that a platform has named by its id.
struct FetchPolicy: Policy {
    static let name = "intake.fetch"
    static let standard = FetchPolicy()

    /// From the post to the end, when it becomes a rejected row.
    var hours = 72
    /// The pause after the first attempt; each is twice as long as the one before.
    var firstSeconds = 30
    var longestMinutes = 60

    static let fields: [PolicyField<FetchPolicy>] = [
        PolicyField(\.hours, "hours", .hours, 1...2_160),
        // Longer than a call may take: nobody else takes it up meanwhile.
        PolicyField(\.firstSeconds, "firstSeconds", .seconds, 20...3_600),
        PolicyField(\.longestMinutes, "longestMinutes", .minutes, 1...1_440),
    ]

    /// The pause after so many attempts.
    func pause(after attempts: Int) -> TimeInterval {
        let doubled = Double(firstSeconds) * pow(2, Double(min(max(attempts, 1) - 1, 30)))
        return max(Double(firstSeconds), min(doubled, Double(longestMinutes) * 60))
    }

    /// Whether what has waited since then is given up.
    func isOver(since: Date, now: Date) -> Bool { now.timeIntervalSince(since) >= Double(hours) * 3_600 }
}
