import Contracts
import Foundation
import Messaging
import Postgres

/// The SQL that keeps the sums of marketing.
struct ReturnFoldStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    /// Whether this transaction is the one that folds; another one is at it otherwise.
    func lock() async throws -> Bool {
        try await tx.first(
            "SELECT pg_try_advisory_xact_lock(hashtextextended(current_schema() || ' return', 0)) AS mine"
        ) { try $0["mine"] } ?? false
    }

    /// Counts what is new at the end of each channel's chain: what it came to, and which leads it is about.
    ///
    /// A chain's rows are numbered in the order in which they were committed, so that none is left behind.
    func takeSubmissions(atMost limit: Int, zone: TimeZone) async throws -> [UUID] {
        try await tx.all(
            """
            WITH fresh AS (
                SELECT s.channel, s.sequence, s.lead_id, coalesce(s.campaign, '') AS campaign, s.outcome,
                       coalesce(s.reason, '') AS reason, (s.received_at AT TIME ZONE \(zone.identifier))::date AS day
                  FROM chains c
                  LEFT JOIN return_cursors r ON r.channel = c.channel
                 CROSS JOIN LATERAL (SELECT * FROM submissions
                                      WHERE channel = c.channel AND sequence > coalesce(r.sequence, 0)
                                      ORDER BY sequence LIMIT \(limit)) s
                 WHERE c.sequence > coalesce(r.sequence, 0)
            ), counted AS (
                INSERT INTO return_outcomes AS o (day, channel, campaign, outcome, reason, count)
                SELECT day, channel, campaign, outcome, reason, count(*)
                  FROM fresh GROUP BY day, channel, campaign, outcome, reason
                ON CONFLICT (day, channel, campaign, outcome, reason) DO UPDATE SET count = o.count + EXCLUDED.count
            ), moved AS (
                INSERT INTO return_cursors (channel, sequence) SELECT channel, max(sequence) FROM fresh GROUP BY channel
                ON CONFLICT (channel) DO UPDATE SET sequence = EXCLUDED.sequence
            )
            SELECT DISTINCT lead_id FROM fresh WHERE lead_id IS NOT NULL
            """
        ) { try $0["lead_id"] }
    }

    /// Takes the leads that have changed since they were counted.
    func takeChanges(atMost limit: Int) async throws -> [UUID] {
        let taken: [UUID] = try await tx.all(
            """
            DELETE FROM return_changes
             WHERE ctid = ANY(ARRAY(SELECT ctid FROM return_changes LIMIT \(limit)))
            RETURNING lead_id
            """
        ) { try $0["lead_id"] }
        return Array(Set(taken))
    }

    /// Counts leads anew and puts the difference to what they added before into the sums.
    ///
    /// First touch: what the person's first lead was born of. Last touch: the lead's own last submission, of a lead that was
    /// won the last one before it was. A lead that waits behind another one of the same person is not counted.
    ///
    /// First and last are aggregates: with ORDER BY and LIMIT 1 a planner that knows little of young tables walks the index of
    /// arrivals through everybody's leads instead of reading the few of one person.
    func count(_ leads: [UUID], zone: TimeZone) async throws {
        guard !leads.isEmpty else { return }
        try await tx.execute(
            """
            WITH now AS (
                SELECT l.id AS lead_id, (l.received_at AT TIME ZONE \(zone.identifier))::date AS day,
                       f.channel AS first_channel, coalesce(f.campaign, '') AS first_campaign,
                       coalesce(t.channel, l.channel) AS last_channel,
                       coalesce(CASE WHEN t.channel IS NULL THEN l.campaign ELSE t.campaign END, '') AS last_campaign,
                       l.status <> 'discarded' OR l.discard_reason NOT IN ('spam', 'not-reachable') AS is_valid,
                       l.contacted_at IS NOT NULL AS is_contacted, v.lead_id IS NOT NULL AS is_visited,
                       w.won_at IS NOT NULL AS is_won, coalesce(w.revenue, 0)::bigint AS revenue
                  FROM leads l
                 CROSS JOIN LATERAL (SELECT (array_agg(channel ORDER BY received_at, id))[1] AS channel,
                                            (array_agg(campaign ORDER BY received_at, id))[1] AS campaign
                                       FROM leads WHERE uid = l.uid) f
                  LEFT JOIN LATERAL (SELECT max(won_at) AS won_at,
                                            sum(minor) FILTER (WHERE currency = 'CNY') AS revenue
                                       FROM lead_wins WHERE lead_id = l.id) w ON true
                 CROSS JOIN LATERAL (SELECT (array_agg(channel ORDER BY received_at DESC, id DESC))[1] AS channel,
                                            (array_agg(campaign ORDER BY received_at DESC, id DESC))[1] AS campaign
                                       FROM submissions
                                      WHERE lead_id = l.id AND received_at <= coalesce(w.won_at, 'infinity')) t
                  LEFT JOIN lead_visits v ON v.lead_id = l.id
                 WHERE l.id = ANY(\(leads)::uuid[]) AND l.status <> 'merged'
            ), changes AS (
                SELECT *, 1 AS sign FROM now
                 UNION ALL
                SELECT *, -1 FROM return_leads WHERE lead_id = ANY(\(leads)::uuid[])
            ), deltas AS (
                SELECT t.touch, c.day, t.channel, t.campaign, sum(sign) AS leads,
                       sum(sign * is_valid::int) AS valid, sum(sign * is_contacted::int) AS contacted,
                       sum(sign * is_visited::int) AS visited, sum(sign * is_won::int) AS won,
                       sum(sign * revenue) AS revenue
                  FROM changes c
                 CROSS JOIN LATERAL (VALUES ('first', first_channel, first_campaign),
                                            ('last', last_channel, last_campaign)) t (touch, channel, campaign)
                 GROUP BY t.touch, c.day, t.channel, t.campaign
            ), summed AS (
                INSERT INTO return_days AS d (touch, day, channel, campaign, leads, valid, contacted, visited, won, revenue)
                SELECT * FROM deltas
                 WHERE (leads, valid, contacted, visited, won, revenue) IS DISTINCT FROM (0, 0, 0, 0, 0, 0)
                 ORDER BY touch, day, channel, campaign
                ON CONFLICT (touch, day, channel, campaign) DO UPDATE
                   SET leads = d.leads + EXCLUDED.leads, valid = d.valid + EXCLUDED.valid,
                       contacted = d.contacted + EXCLUDED.contacted, visited = d.visited + EXCLUDED.visited,
                       won = d.won + EXCLUDED.won, revenue = d.revenue + EXCLUDED.revenue
            ), gone AS (
                DELETE FROM return_leads
                 WHERE lead_id = ANY(\(leads)::uuid[]) AND lead_id NOT IN (SELECT lead_id FROM now)
            )
            INSERT INTO return_leads
            SELECT * FROM now
            ON CONFLICT (lead_id) DO UPDATE
               SET day = EXCLUDED.day, first_channel = EXCLUDED.first_channel,
                   first_campaign = EXCLUDED.first_campaign, last_channel = EXCLUDED.last_channel,
                   last_campaign = EXCLUDED.last_campaign, is_valid = EXCLUDED.is_valid,
                   is_contacted = EXCLUDED.is_contacted, is_visited = EXCLUDED.is_visited, is_won = EXCLUDED.is_won,
                   revenue = EXCLUDED.revenue
            """
        )
    }

    /// Days that have come to nothing add nothing to any sum.
    func dropEmptyDays() async throws {
        try await tx.execute(
            "DELETE FROM return_days WHERE (leads, valid, contacted, visited, won, revenue) = (0, 0, 0, 0, 0, 0)"
        )
    }

    /// Every lead counts as changed.
    func noteAll() async throws { try await tx.execute("INSERT INTO return_changes (lead_id) SELECT id FROM leads") }

    /// Submissions that are in the ledger and not yet in the sums.
    func waiting() async throws -> Int {
        try await tx.first(
            """
            SELECT coalesce(sum(c.sequence - coalesce(r.sequence, 0)), 0)::bigint AS waiting
              FROM chains c LEFT JOIN return_cursors r ON r.channel = c.channel
            """
        ) { try $0["waiting"] } ?? 0
    }
}

/// The SQL of what Sales tells of leads: visits and wins.
struct ReturnFactStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    /// The first visit counts.
    func visited(_ lead: LeadID, at time: Date) async throws {
        try tx.later(
            """
            WITH new AS (INSERT INTO lead_visits (lead_id, visited_at) VALUES (\(lead), \(time))
                         ON CONFLICT DO NOTHING RETURNING lead_id)
            INSERT INTO return_changes (lead_id) SELECT lead_id FROM new
            """
        )
    }

    func won(_ deal: DealID, of lead: LeadID, _ price: Money, at time: Date) async throws {
        try tx.later(
            """
            WITH new AS (
                INSERT INTO lead_wins (deal_id, lead_id, minor, currency, won_at)
                VALUES (\(deal), \(lead), \(price.minor), \(price.currency), \(time))
                ON CONFLICT (deal_id) DO UPDATE SET minor = EXCLUDED.minor, currency = EXCLUDED.currency
                RETURNING lead_id
            )
            INSERT INTO return_changes (lead_id) SELECT lead_id FROM new
            """
        )
    }

    /// The deal is not won, or not won any more.
    func unwon(_ deal: DealID) async throws {
        try tx.later(
            """
            WITH gone AS (DELETE FROM lead_wins WHERE deal_id = \(deal) RETURNING lead_id)
            INSERT INTO return_changes (lead_id) SELECT lead_id FROM gone
            """
        )
    }
}
