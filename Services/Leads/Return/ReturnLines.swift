import Foundation

/// What one channel's campaign cost and brought.
struct ReturnLine: Sendable, Equatable {
    var channel: String
    /// Empty for what names none.
    var campaign: String
    var leads = 0
    var valid = 0
    var contacted = 0
    var visited = 0
    var won = 0
    /// In 分.
    var revenue: Int64 = 0
    var cost: Int64 = 0

    /// What each of so many cost; nil where there is none.
    func cost(per count: Int) -> Int64? { count > 0 ? (cost + Int64(count) / 2) / Int64(count) : nil }

    /// What came back for each yuan that was spent.
    var multiple: Double? { cost > 0 ? Double(revenue) / Double(cost) : nil }

    static func + (left: ReturnLine, right: ReturnLine) -> ReturnLine {
        var sum = left
        sum.leads += right.leads
        sum.valid += right.valid
        sum.contacted += right.contacted
        sum.visited += right.visited
        sum.won += right.won
        sum.revenue += right.revenue
        sum.cost += right.cost
        return sum
    }
}

/// A span of days; both ends belong to it.
struct Period: Sendable, Equatable {
    let from: Day
    let to: Day

    var days: Int { to.number - from.number + 1 }

    func intersection(_ other: Period) -> Period? {
        let (from, to) = (max(from, other.from), min(to, other.to))
        return from <= to ? Period(from: from, to: to) : nil
    }

    /// The part of an amount for the whole of this that falls on `other`.
    ///
    /// The days share it evenly, and to the last 分: adjacent periods add up to the whole.
    func share(of minor: Int64, on other: Period) -> Int64 {
        guard let common = intersection(other) else { return 0 }
        func until(_ day: Int) -> Int64 { minor * Int64(day - from.number) / Int64(days) }
        return until(common.to.number + 1) - until(common.from.number)
    }
}

/// What a channel costs by itself, from a day on.
struct StandingCost: Sendable, Equatable {
    let channel: String
    let since: Day
    let basis: ChannelCost.Basis
    let minor: Int64
}

/// What was booked for a campaign.
struct BookedCost: Sendable, Equatable {
    let channel: String
    let campaign: String
    let period: Period
    let minor: Int64
}

/// Leads that a channel delivered on a day, whatever became of them.
struct Delivered: Sendable, Equatable {
    let channel: String
    let campaign: String
    let day: Day
    let count: Int
}

/// What marketing cost in a period, by channel and campaign.
///
/// Pure: prices, bookings and deliveries in, amounts out.
struct ReturnCosts: Sendable {
    struct Place: Hashable, Sendable {
        let channel: String
        let campaign: String
    }

    private(set) var byPlace: [Place: Int64] = [:]

    init(_ period: Period, standing: [StandingCost], booked: [BookedCost], delivered: [Delivered]) {
        for cost in booked {
            add(cost.period.share(of: cost.minor, on: period), cost.channel, cost.campaign)
        }
        let prices = Dictionary(grouping: standing, by: \.channel).mapValues { $0.sorted { $0.since < $1.since } }
        for (channel, prices) in prices {
            for day in period.from.number...period.to.number {
                guard let price = prices.last(where: { $0.since.number <= day }), price.basis == .month else {
                    continue
                }
                let today = Day(number: day)
                let month = Period(
                    from: today.firstOfMonth,
                    to: today.firstOfMonth.advanced(by: today.daysInMonth - 1)
                )
                add(month.share(of: price.minor, on: Period(from: today, to: today)), channel, "")
            }
        }
        for delivery in delivered where delivery.day >= period.from && delivery.day <= period.to {
            guard let price = prices[delivery.channel]?.last(where: { $0.since <= delivery.day }), price.basis == .lead
            else { continue }
            add(price.minor * Int64(delivery.count), delivery.channel, delivery.campaign)
        }
    }

    private mutating func add(_ minor: Int64, _ channel: String, _ campaign: String) {
        guard minor > 0 else { return }
        byPlace[Place(channel: channel, campaign: campaign), default: 0] += minor
    }

    /// The lines with what they cost; what cost something and brought nothing gets a line too.
    func added(to lines: [ReturnLine]) -> [ReturnLine] {
        var rest = byPlace
        var lines = lines.map { line in
            var line = line
            line.cost = rest.removeValue(forKey: Place(channel: line.channel, campaign: line.campaign)) ?? 0
            return line
        }
        for (place, minor) in rest {
            lines.append(ReturnLine(channel: place.channel, campaign: place.campaign, cost: minor))
        }
        return lines.sorted { ($0.channel, $0.campaign) < ($1.channel, $1.campaign) }
    }
}
