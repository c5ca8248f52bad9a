import Contracts
import Foundation

/// What the learned probability looks at, one value each.
enum ScoreFactor: String, Codable, CodingKeyRepresentable, Sendable, CaseIterable, Comparable {
    case channel
    case channelKind = "channel-kind"
    case campaign
    case purpose
    case project
    case budget
    case layout
    case timeframe
    case grade
    /// How long the first response took.
    case response

    static func < (left: ScoreFactor, right: ScoreFactor) -> Bool { left.rawValue < right.rawValue }
}

/// What of a lead is looked at.
struct ScoreFacts: Sendable, Equatable {
    var values: [ScoreFactor: String]

    /// Of a lead that nobody has answered yet the response says nothing, unless its deal has come to an end.
    init(_ lead: Lead, channelKind: String, campaign: String?, need: Need?, isClosed: Bool) {
        values = [.channel: lead.channel, .channelKind: channelKind, .grade: lead.grade.rawValue]
        values[.campaign] = campaign
        values[.purpose] = need?.purpose
        values[.project] = lead.project
        values[.layout] = need?.layouts?.first
        values[.timeframe] = need?.timeframe
        values[.budget] = need?.budget.flatMap(BudgetBand.of)
        if let contactedAt = lead.contactedAt {
            values[.response] = ResponseBand.of(seconds: contactedAt.timeIntervalSince(lead.receivedAt))
        } else if isClosed {
            values[.response] = ResponseBand.never
        }
    }

    init(_ values: [ScoreFactor: String]) { self.values = values }
}

/// Budgets in steps that people think in.
enum BudgetBand {
    /// The upper ends of the bands, in yuan; each belongs to its band.
    private static let ends: [(yuan: Int64, name: String)] = [
        (1_000_000, "under-1m"), (2_000_000, "1m-2m"), (3_000_000, "2m-3m"), (5_000_000, "3m-5m"),
        (8_000_000, "5m-8m"),
    ]

    /// The band of the upper end of a budget; nil in a currency other than the yuan.
    static func of(_ budget: MoneyRange) -> String? {
        guard (budget.currency ?? "CNY") == "CNY", let minor = budget.max ?? budget.min else { return nil }
        return ends.first { minor <= $0.yuan * 100 }?.name ?? "over-8m"
    }
}

/// First responses by how long they took.
enum ResponseBand {
    static let never = "never"

    private static let ends: [(seconds: Double, name: String)] = [
        (300, "5-minutes"), (1_800, "30-minutes"), (7_200, "2-hours"), (86_400, "1-day"),
    ]

    static func of(seconds: Double) -> String { ends.first { seconds <= $0.seconds }?.name ?? "later" }
}
