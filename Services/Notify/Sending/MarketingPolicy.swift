import Failures
import Policies

/// When and how often people are sent what they did not ask for: steps of sequences and messages to many.
struct MarketingPolicy: Policy, ConsistentPolicy {
    static let name = "notify.marketing"
    static let standard = MarketingPolicy()

    /// Nothing is sent in between; without them it is sent round the clock.
    var hasQuietHours = true
    /// Minutes after midnight, where the office is.
    var quietFrom = 21 * 60
    var quietUntil = 9 * 60
    /// What reaches a person at most, whatever the number of means by which it comes: from midnight, and from Monday.
    var perDay = 1
    var perWeek = 2
    /// What could not be sent for so many hours is old.
    var expiresAfter = 48

    static let fields: [PolicyField<MarketingPolicy>] = [
        PolicyField(\.hasQuietHours, "hasQuietHours"), .timeOfDay(\.quietFrom, "quietFrom"),
        .timeOfDay(\.quietUntil, "quietUntil"), PolicyField(\.perDay, "perDay", .count, 1...100),
        PolicyField(\.perWeek, "perWeek", .count, 1...100),
        PolicyField(\.expiresAfter, "expiresAfter", .hours, 1...1_000),
    ]

    var objection: Rejection? {
        if hasQuietHours, quietFrom == quietUntil {
            return .invalid(
                "values/quietUntil",
                "quiet-all-day",
                "The quiet hours end at another time than they begin."
            )
        }
        if perWeek < perDay {
            return .invalid("values/perWeek", "week-below-day", "A week has at least as many as a day.")
        }
        return nil
    }

    /// The hours of a day at which people are left alone; nil for none.
    var quiet: QuietHours? {
        hasQuietHours ? QuietHours(from: .init(minutes: quietFrom), until: .init(minutes: quietUntil)) : nil
    }
}

extension PolicyCatalogue {
    /// Every policy of Notify.
    static let notify = PolicyCatalogue([
        PolicyDescription(MarketingPolicy.self), PolicyDescription(ReachPolicy.self),
        PolicyDescription(AnswerPolicy.self),
    ])
}
