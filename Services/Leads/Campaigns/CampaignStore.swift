import Contracts
import Foundation
import Messaging
import Postgres

/// The SQL of campaigns and their costs.
struct CampaignStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    /// Every campaign, the newest first.
    func all() async throws -> [Campaign] { try await campaigns("true") }

    func find(_ id: UUID) async throws -> Campaign? { try await campaigns("c.id = \(id)").first }

    /// - Returns: false when there is one of that key.
    func add(_ campaign: Campaign, by actor: String, at now: Date) async throws -> Bool {
        let added = try await tx.execute(
            """
            INSERT INTO campaigns (id, key, title, channel, from_day, to_day, made_by, made_at)
            VALUES (\(campaign.id), \(campaign.key), \(campaign.title), \(campaign.channel),
                    \(campaign.period.from.text)::date, \(campaign.period.to.text)::date, \(actor), \(now))
            ON CONFLICT (key) DO NOTHING
            """
        )
        return added == 1
    }

    func book(_ cost: CampaignCost, of campaign: UUID) async throws {
        try await tx.execute(
            """
            INSERT INTO campaign_costs (id, campaign_id, from_day, to_day, minor, note, booked_by, booked_at)
            VALUES (\(cost.id), \(campaign), \(cost.period.from.text)::date, \(cost.period.to.text)::date, \(cost.minor),
                    \(cost.note), \(cost.bookedBy), \(cost.bookedAt))
            """
        )
    }

    /// - Returns: whether there was such a cost, not cancelled until now.
    func cancel(_ cost: UUID, of campaign: UUID, by actor: String, at now: Date) async throws -> Bool {
        let changed = try await tx.execute(
            """
            UPDATE campaign_costs SET cancelled_at = \(now), cancelled_by = \(actor)
             WHERE id = \(cost) AND campaign_id = \(campaign) AND cancelled_at IS NULL
            """
        )
        return changed == 1
    }

    /// What was booked for a campaign, the newest first.
    func costs(of campaign: UUID) async throws -> [CampaignCost] {
        try await tx.all(
            """
            SELECT id, from_day::text AS from_day, to_day::text AS to_day, minor, note, booked_by, booked_at,
                   cancelled_at IS NOT NULL AS is_cancelled
              FROM campaign_costs WHERE campaign_id = \(campaign) ORDER BY booked_at DESC, id LIMIT 500
            """
        ) { row in
            CampaignCost(
                id: try row["id"],
                period: try Period(from: row["from_day"], to: row["to_day"]),
                minor: try row["minor"],
                note: try row["note"],
                bookedBy: try row["booked_by"],
                bookedAt: try row["booked_at"],
                isCancelled: try row["is_cancelled"]
            )
        }
    }

    private func campaigns(_ condition: SQL) async throws -> [Campaign] {
        try await tx.all(
            """
            SELECT c.id, c.key, c.title, c.channel, c.from_day::text AS from_day, c.to_day::text AS to_day,
                   coalesce((SELECT sum(minor) FROM campaign_costs
                              WHERE campaign_id = c.id AND cancelled_at IS NULL), 0)::bigint AS booked
              FROM campaigns c WHERE \(condition) ORDER BY c.from_day DESC, c.key LIMIT 1000
            """
        ) { row in
            Campaign(
                id: try row["id"],
                key: try row["key"],
                title: try row["title"],
                channel: try row["channel"],
                period: try Period(from: row["from_day"], to: row["to_day"]),
                booked: try row["booked"]
            )
        }
    }
}
