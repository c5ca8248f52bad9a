import Contracts
import Foundation
import Messaging
import Policies
import Postgres

/// The SQL of the learned probability.
struct ScoreStore: Sendable {
    /// A deal that is won or lost at present.
    struct Case: Sendable, Equatable {
        let dealID: DealID
        let leadID: LeadID
        let isWon: Bool
        let facts: ScoreFacts

        var outcome: String { isWon ? "won" : "lost" }

        /// Everything that counts it, in one order for all; the empty factor counts all cases.
        fileprivate var keys: [(factor: String, value: String)] {
            [("", "")] + facts.values.map { ($0.key.rawValue, $0.value) }.sorted { $0 < $1 }
        }
    }

    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    /// The counts and the policy by which they are read.
    func model() async throws -> ScoreModel { try await learned().model }

    /// The same, and which version the policy has.
    func learned() async throws -> (model: ScoreModel, policyVersion: Int) {
        let policy = try await PolicyStore(tx).current(ScorePolicy.self)
        let counts = try await tx.rows("SELECT factor, value, won, lost FROM score_counts")
        return (try ScoreModel(counts, policy.value), policy.version)
    }

    /// Leads, and what of them is looked at.
    func facts(
        of leads: [LeadID],
        isClosed: Bool
    ) async throws -> [LeadID: (lead: Lead, facts: ScoreFacts)] {
        guard !leads.isEmpty else { return [:] }
        let found = try await tx.all(
            """
            SELECT l.id, l.uid, l.status, l.grade, l.channel, l.project, l.district, l.owner_id, l.team_id, l.pool,
                   l.owners, l.touches::bigint AS touches, l.attempts::bigint AS attempts, l.response_step,
                   l.response_due_at, l.contacted_at, l.received_at, l.campaign, l.need,
                   coalesce(c.kind, 'unknown') AS channel_kind
              FROM leads l LEFT JOIN channels c ON c.name = l.channel
             WHERE l.id = ANY(\(leads.map(\.uuid))::uuid[])
            """
        ) { row in
            let lead = try Lead(row: row)
            let need: JSONText? = try row["need"]
            let facts = ScoreFacts(
                lead,
                channelKind: try row["channel_kind"],
                campaign: try row["campaign"],
                need: try need?.decode(),
                isClosed: isClosed
            )
            return (lead: lead, facts: facts)
        }
        return Dictionary(found.map { ($0.lead.id, $0) }) { first, _ in first }
    }

    /// The case of a deal, locked.
    func locked(_ deal: DealID) async throws -> Case? {
        try await tx.first(
            "SELECT deal_id, lead_id, outcome, factors FROM score_cases WHERE deal_id = \(deal) FOR UPDATE",
            as: Case.init(row:)
        )
    }

    func add(_ one: Case, predicted: Double?, at now: Date) async throws {
        try tx.later(
            """
            INSERT INTO score_cases (deal_id, lead_id, outcome, factors, predicted, closed_at)
            VALUES (\(one.dealID), \(one.leadID), \(one.outcome), \(try JSONText(wire: one.facts.values)),
                    \(predicted), \(now))
            """
        )
        try count(one)
    }

    func remove(_ one: Case) async throws {
        try tx.later("DELETE FROM score_cases WHERE deal_id = \(one.dealID)")
        try uncount(one)
    }

    /// Adds a case to the counts, in the order of their keys, so that two who count do not wait for each other crosswise.
    private func count(_ one: Case) throws {
        let keys = one.keys
        try tx.later(
            """
            INSERT INTO score_counts AS c (factor, value, won, lost)
            SELECT factor, value, \(one.isWon ? 1 : 0)::bigint, \(one.isWon ? 0 : 1)::bigint
              FROM unnest(\(keys.map(\.factor))::text[], \(keys.map(\.value))::text[])
                   WITH ORDINALITY AS t (factor, value, position)
             ORDER BY position
            ON CONFLICT (factor, value) DO UPDATE SET won = c.won + EXCLUDED.won, lost = c.lost + EXCLUDED.lost
            """
        )
    }

    /// Takes a case out of the counts, locking them in the same order.
    private func uncount(_ one: Case) throws {
        let keys = one.keys
        try tx.later(
            """
            WITH mine AS (
                SELECT c.factor, c.value
                  FROM unnest(\(keys.map(\.factor))::text[], \(keys.map(\.value))::text[])
                       WITH ORDINALITY AS t (factor, value, position)
                  JOIN score_counts c ON (c.factor, c.value) = (t.factor, t.value)
                 ORDER BY t.position FOR UPDATE OF c
            )
            UPDATE score_counts c
               SET won = c.won - \(one.isWon ? 1 : 0), lost = c.lost - \(one.isWon ? 0 : 1)
              FROM mine WHERE (c.factor, c.value) = (mine.factor, mine.value)
            """
        )
    }

    /// Values that no case has any more.
    func dropUncounted() async throws { try await tx.execute("DELETE FROM score_counts WHERE (won, lost) = (0, 0)") }

    /// Counts all cases into empty counts.
    func countAll() async throws {
        try await tx.execute(
            """
            INSERT INTO score_counts (factor, value, won, lost)
            SELECT k.factor, k.value, count(*) FILTER (WHERE outcome = 'won'), count(*) FILTER (WHERE outcome = 'lost')
              FROM score_cases
             CROSS JOIN LATERAL (SELECT '' AS factor, '' AS value
                                  UNION ALL SELECT key, value FROM jsonb_each_text(factors)) k
             GROUP BY 1, 2
            """
        )
    }

    /// The counts as counting all cases anew would give them.
    func recount() async throws -> ScoreModel {
        var model = ScoreModel(policy: try await PolicyStore(tx).current(ScorePolicy.self).value)
        for one in try await tx.all("SELECT deal_id, lead_id, outcome, factors FROM score_cases", as: Case.init(row:)) {
            model.total.add(one)
            for (factor, value) in one.facts.values {
                model.counts[factor, default: [:]][value, default: ScoreModel.Count()].add(one)
            }
        }
        return model
    }

    /// What was told of the deals that came to an end, and what came.
    func calibrationCases(since: Date) async throws -> [Calibration.Case] {
        try await tx.all(
            """
            SELECT to_char(closed_at AT TIME ZONE 'UTC', 'YYYY-MM') AS month, predicted, outcome = 'won' AS is_won
              FROM score_cases WHERE predicted IS NOT NULL AND closed_at >= \(since)
            """
        ) { row in
            Calibration.Case(month: try row["month"], predicted: try row["predicted"], isWon: try row["is_won"])
        }
    }
}

extension ScoreStore.Case {
    fileprivate init(row: Row) throws {
        let factors: JSONText = try row["factors"]
        self.init(
            dealID: try row["deal_id"],
            leadID: try row["lead_id"],
            isWon: try row["outcome"] as String == "won",
            facts: ScoreFacts(try factors.decode())
        )
    }
}

extension ScoreModel {
    /// Rows of counts by factor and value, those of the empty factor for all.
    init(_ rows: [Row], _ policy: ScorePolicy) throws {
        self.policy = policy
        for row in rows {
            let count = Count(won: try row["won"], lost: try row["lost"])
            let name: String = try row["factor"]
            if name.isEmpty {
                total = count
            } else if let factor = ScoreFactor(rawValue: name), count.cases > 0 {
                counts[factor, default: [:]][try row["value"]] = count
            }
        }
    }
}

extension ScoreModel.Count {
    fileprivate mutating func add(_ one: ScoreStore.Case) {
        if one.isWon { won += 1 } else { lost += 1 }
    }
}
