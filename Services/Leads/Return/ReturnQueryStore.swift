import Foundation
import Messaging
import Postgres

/// What the page of marketing's return is made from.
struct ReturnFigures: Sendable {
    /// With what they cost.
    var lines: [ReturnLine]
    var outcomes: [ReturnOutcome]
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

    /// What leads that arrived in a period cost and brought, by the touch that they are ascribed to.
    func figures(_ period: Period, touch: String) async throws -> ReturnFigures {
        let standing = try await standing()
        let perLead = Set(standing.filter { $0.basis == .lead }.map(\.channel))
        let costs = ReturnCosts(
            period,
            standing: standing,
            booked: try await booked(period),
            delivered: perLead.isEmpty ? [] : try await delivered(period, of: perLead)
        )
        return ReturnFigures(
            lines: costs.added(to: try await lines(period, touch: touch)),
            outcomes: try await outcomes(period),
            waiting: try await ReturnFoldStore(tx).waiting()
        )
    }

    private func lines(_ period: Period, touch: String) async throws -> [ReturnLine] {
        try await tx.all(
            """
            SELECT channel, campaign, sum(leads)::bigint AS leads, sum(valid)::bigint AS valid,
                   sum(contacted)::bigint AS contacted, sum(visited)::bigint AS visited, sum(won)::bigint AS won,
                   sum(revenue)::bigint AS revenue
              FROM return_days
             WHERE touch = \(touch) AND day BETWEEN \(period.from.text)::date AND \(period.to.text)::date
             GROUP BY channel, campaign
            HAVING sum(leads) <> 0
            """
        ) { row in
            ReturnLine(
                channel: try row["channel"],
                campaign: try row["campaign"],
                leads: try row["leads"],
                valid: try row["valid"],
                contacted: try row["contacted"],
                visited: try row["visited"],
                won: try row["won"],
                revenue: try row["revenue"]
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
