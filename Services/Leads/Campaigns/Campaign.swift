import Contracts
import Failures
import Foundation

/// A campaign of a channel, for a period.
struct Campaign: Sendable, Equatable {
    let id: UUID
    /// What submissions name.
    var key: String
    var title: String?
    var channel: String
    var period: Period
    /// Everything that was booked and not cancelled, in 分.
    var booked: Int64 = 0
}

/// One cost of a campaign, as it was booked.
struct CampaignCost: Sendable {
    let id: UUID
    let period: Period
    let minor: Int64
    let note: String?
    let bookedBy: String
    let bookedAt: Date
    let isCancelled: Bool
}

/// What a form or a program says of a campaign.
struct CampaignDraft: Codable, Sendable, Equatable {
    var key: String
    var title: String?
    var channel: String
    /// `2026-11-22`.
    var from: String
    var to: String

    func checked() throws -> (key: String, title: String?, period: Period) {
        guard let key = key.withoutNUL.cleaned(atMost: 101) else {
            throw Rejection.invalid("key", "key-missing", "key is what the submissions of the campaign name.")
        }
        guard key.count <= 100 else { throw Rejection.invalid("key", "too-long", "key has at most 100 characters.") }
        guard key != "-" else {
            throw Rejection.invalid("key", "reserved-name", "key is kept for leads of no campaign.")
        }
        return (key, title?.withoutNUL.cleaned(atMost: 100), try Period(from: from, to: to))
    }
}

/// What a form or a program says of a cost.
struct CostDraft: Codable, Sendable, Equatable {
    var from: String
    /// The same day where it is left out.
    var to: String?
    var minor: Int64
    var note: String?

    func checked() throws -> Period {
        guard minor > 0, minor <= 1_000_000_000_000 else {
            throw Rejection.invalid("minor", "out-of-range", "minor lies between 1 and 10^12.")
        }
        return try Period(from: from, to: to ?? from)
    }
}

extension Period {
    /// - Throws: a ``Rejection`` that names the field.
    init(from: String, to: String) throws {
        self.init(from: try Day(from, field: "from"), to: try Day(to, field: "to"))
        guard self.from <= self.to else {
            throw Rejection.invalid("to", "period-ends-before-it-begins", "to is not before from.")
        }
        guard days <= 3_660 else { throw Rejection.invalid("to", "period-too-long", "A period has at most ten years.") }
    }
}
