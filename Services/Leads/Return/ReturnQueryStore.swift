import Foundation
import Messaging
import Postgres

/// What the page of marketing's return is made from.
struct ReturnFigures: Sendable {
    /// With what they cost.
    var lines: [ReturnLine]
    var outcomes: [ReturnOutcome]
    var course: ReturnCourse
    /// Submissions that are not counted yet.
    var waiting: Int
}

/// How many submissions of a channel came to something.
struct ReturnOutcome: Sendable, Equatable {
    let channel: String
    let outcome: String
    let reason: String
    let count: Int
}

/// The SQL of marketing's return.
struct ReturnQueryStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    /// What leads that arrived in a period cost and brought, by the touch that they are ascribed to; of one channel or of all.
    func figures(_ period: Period, touch: String, channel: String? = nil) async throws -> ReturnFigures {
        func isMeant(_ name: String) -> Bool { channel == nil || channel == name }
        let standing = try await standing().filter { isMeant($0.channel) }
        let booked = try await booked(period).filter { isMeant($0.channel) }
        let perLead = Set(standing.filter { $0.basis == .lead }.map(\.channel))
        let delivered = perLead.isEmpty ? [] : try await delivered(period, of: perLead)
        func costs(_ part: Period) -> ReturnCosts {
            ReturnCosts(part, standing: standing, booked: booked, delivered: delivered)
        }
        let brought = try await brought(period, touch: touch).filter { isMeant($0.line.channel) }
        return ReturnFigures(
            lines: costs(period).added(to: ReturnQueryStore.lines(brought)),
            outcomes: try await outcomes(period).filter { isMeant($0.channel) },
            course: ReturnCourse(period, days: ReturnQueryStore.days(brought), costs: costs),
            waiting: try await ReturnFoldStore(tx).waiting()
        )
    }

    /// What one channel's campaign brought on a day.
    private struct Brought {
        let day: Day
        let line: ReturnLine
    }

    private static func lines(_ brought: [Brought]) -> [ReturnLine] {
        Dictionary(grouping: brought.map(\.line)) { ReturnCosts.Place(channel: $0.channel, campaign: $0.campaign) }
            .map { place, lines in
                lines.reduce(ReturnLine(channel: place.channel, campaign: place.campaign)) { $0 + $1 }
            }
            .filter { $0.leads != 0 }
    }

    private static func days(_ brought: [Brought]) -> [Day: ReturnLine] {
        Dictionary(grouping: brought, by: \.day)
            .mapValues { $0.reduce(ReturnLine(channel: "", campaign: "")) { $0 + $1.line } }
    }

    private func brought(_ period: Period, touch: String) async throws -> [Brought] {
        try await tx.all(
            """
            SELECT day::text AS day, channel, campaign, leads::bigint AS leads, valid::bigint AS valid,
                   contacted::bigint AS contacted, visited::bigint AS visited, won::bigint AS won, revenue
              FROM return_days
             WHERE touch = \(touch) AND day BETWEEN \(period.from.text)::date AND \(period.to.text)::date
            """
        ) { row in
            Brought(
                day: try day(row, "day"),
                line: ReturnLine(
                    channel: try row["channel"],
                    campaign: try row["campaign"],
                    leads: try row["leads"],
                    valid: try row["valid"],
                    contacted: try row["contacted"],
                    visited: try row["visited"],
                    won: try row["won"],
                    revenue: try row["revenue"]
                )
            )
        }
    }

    private func outcomes(_ period: Period) async throws -> [ReturnOutcome] {
        try await tx.all(
            """
            SELECT channel, outcome, reason, sum(count)::bigint AS count
              FROM return_outcomes
             WHERE day BETWEEN \(period.from.text)::date AND \(period.to.text)::date
               AND outcome IN ('duplicate', 'rejected')
             GROUP BY channel, outcome, reason ORDER BY count DESC, channel, outcome, reason LIMIT 100
            """
        ) { row in
            ReturnOutcome(
                channel: try row["channel"],
                outcome: try row["outcome"],
                reason: try row["reason"],
                count: try row["count"]
            )
        }
    }

    private func standing() async throws -> [StandingCost] {
        try await tx.all(
            "SELECT channel, since::text AS since, basis, minor FROM channel_costs ORDER BY channel, since"
        ) { row in
            StandingCost(
                channel: try row["channel"],
                since: try day(row, "since"),
                basis: ChannelCost.Basis(rawValue: try row["basis"]) ?? .month,
                minor: try row["minor"]
            )
        }
    }

    private func booked(_ period: Period) async throws -> [BookedCost] {
        try await tx.all(
            """
            SELECT c.channel, c.key, k.from_day::text AS from_day, k.to_day::text AS to_day, k.minor
              FROM campaign_costs k JOIN campaigns c ON c.id = k.campaign_id
             WHERE k.cancelled_at IS NULL
               AND k.from_day <= \(period.to.text)::date AND k.to_day >= \(period.from.text)::date
            """
        ) { row in
            BookedCost(
                channel: try row["channel"],
                campaign: try row["key"],
                period: Period(from: try day(row, "from_day"), to: try day(row, "to_day")),
                minor: try row["minor"]
            )
        }
    }

    private func delivered(_ period: Period, of channels: Set<String>) async throws -> [Delivered] {
        try await tx.all(
            """
            SELECT channel, campaign, day::text AS day, sum(count)::bigint AS count
              FROM return_outcomes
             WHERE day BETWEEN \(period.from.text)::date AND \(period.to.text)::date
               AND outcome IN ('accepted', 'merged') AND channel = ANY(\(channels.sorted())::text[])
             GROUP BY channel, campaign, day
            """
        ) { row in
            Delivered(
                channel: try row["channel"],
                campaign: try row["campaign"],
                day: try day(row, "day"),
                count: try row["count"]
            )
        }
    }

    private func day(_ row: Row, _ column: String) throws -> Day { try Day(try row[column], field: column) }
}
