import Contracts
import Foundation
import Messaging
import Postgres

/// The SQL of what is said of leads, and of the leads of which it has to be said anew.
struct LeadScoreStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    /// - Returns: false while another replica is at it.
    func takeTurn() async throws -> Bool {
        try await tx.first(
            "SELECT pg_try_advisory_xact_lock(hashtextextended(current_schema() || ' lead scores', 0)) AS mine"
        ) { try $0["mine"] } ?? false
    }

    // MARK: What has changed

    /// The leads that are new at the ends of the channels' chains.
    ///
    /// A chain's rows are numbered in the order in which they were committed, so that none is left behind.
    func takeNew(atMost limit: Int) async throws -> [LeadID] {
        try await tx.all(
            """
            WITH fresh AS (
                SELECT s.channel, s.sequence, s.lead_id, s.outcome
                  FROM chains c
                  LEFT JOIN score_cursors r ON r.channel = c.channel
                 CROSS JOIN LATERAL (SELECT channel, sequence, lead_id, outcome FROM submissions
                                      WHERE channel = c.channel AND sequence > coalesce(r.sequence, 0)
                                      ORDER BY sequence LIMIT \(limit)) s
                 WHERE c.sequence > coalesce(r.sequence, 0)
            ), moved AS (
                INSERT INTO score_cursors (channel, sequence) SELECT channel, max(sequence) FROM fresh GROUP BY channel
                ON CONFLICT (channel) DO UPDATE SET sequence = EXCLUDED.sequence
            )
            SELECT lead_id FROM fresh WHERE outcome = 'accepted'
            """
        ) { try $0["lead_id"] }
    }

    func takeChanged(atMost limit: Int) async throws -> [LeadID] {
        try await tx.all(
            """
            DELETE FROM score_changes
             WHERE ctid = ANY(ARRAY(SELECT ctid FROM score_changes LIMIT \(limit)))
            RETURNING lead_id
            """
        ) { try $0["lead_id"] }
    }

    /// Every lead that is under way counts as changed, and none that there is now as new.
    func noteAll() async throws {
        try await tx.execute(
            """
            INSERT INTO score_cursors (channel, sequence) SELECT channel, sequence FROM chains
            ON CONFLICT (channel) DO UPDATE SET sequence = EXCLUDED.sequence
            """
        )
        // A statement of its own: it sees whatever is committed by then, so that no lead is in neither.
        try await tx.execute(
            "INSERT INTO score_changes (lead_id) SELECT id FROM leads WHERE status IN ('open', 'contacted')"
        )
    }

    /// The next leads that are under way, by their ids.
    func underWay(after place: LeadID?, atMost limit: Int) async throws -> [LeadID] {
        try await tx.all(
            """
            SELECT id FROM leads
             WHERE status IN ('open', 'contacted') AND (\(place)::uuid IS NULL OR id > \(place)) ORDER BY id LIMIT \(limit)
            """
        ) { try $0["id"] }
    }

    // MARK: What is said

    func save(_ scores: [LeadScore]) throws {
        guard !scores.isEmpty else { return }
        try tx.later(
            """
            INSERT INTO lead_scores AS s (lead_id, received_at, factors, percent)
            SELECT lead_id, received_at, factors, percent
              FROM unnest(\(scores.map(\.leadID.uuid))::uuid[], \(scores.map(\.receivedAt))::timestamptz[],
                          \(try scores.map { try JSONText(wire: $0.facts.values) })::jsonb[],
                          \(scores.map(\.percent))::bigint[]) AS t (lead_id, received_at, factors, percent)
            ON CONFLICT (lead_id) DO UPDATE SET factors = EXCLUDED.factors, percent = EXCLUDED.percent
             WHERE (s.factors, s.percent) IS DISTINCT FROM (EXCLUDED.factors, EXCLUDED.percent)
            """
        )
    }

    /// Writes down what has become of percents; what was looked at stays as it was.
    func move(_ scores: [LeadScore]) throws {
        guard !scores.isEmpty else { return }
        try tx.later(
            """
            UPDATE lead_scores s SET percent = t.percent
              FROM unnest(\(scores.map(\.leadID.uuid))::uuid[], \(scores.map(\.percent))::bigint[]) AS t (lead_id, percent)
             WHERE s.lead_id = t.lead_id
            """
        )
    }

    func remove(_ leads: [LeadID]) throws {
        guard !leads.isEmpty else { return }
        try tx.later("DELETE FROM lead_scores WHERE lead_id = ANY(\(leads.map(\.uuid))::uuid[])")
    }

    /// The next leads of which something is said, by their ids.
    func next(after place: LeadID, atMost limit: Int) async throws -> [LeadScore] {
        try await tx.all(
            """
            SELECT lead_id, received_at, factors, percent FROM lead_scores
             WHERE lead_id > \(place) ORDER BY lead_id LIMIT \(limit)
            """,
            as: LeadScore.init(row:)
        )
    }

    /// Whether anything is said of any lead.
    func speaks() async throws -> Bool {
        try await tx.first("SELECT EXISTS (SELECT FROM lead_scores) AS speaks") { try $0["speaks"] } ?? false
    }

    /// What is said of a lead, and why: from the very row that lists go by.
    func explained(_ lead: LeadID) async throws -> ExplainedScore? {
        let kept = try await tx.first(
            """
            SELECT s.lead_id, s.received_at, s.factors, s.percent
              FROM lead_scores s JOIN leads l ON l.id = s.lead_id AND l.status IN ('open', 'contacted')
             WHERE s.lead_id = \(lead)
            """,
            as: LeadScore.init(row:)
        )
        let versions = ScoreVersionStore(tx)
        guard let kept, let version = try await versions.version(of: lead),
            let model = try await versions.model(version.number), let score = model.score(kept.facts)
        else { return nil }
        return ExplainedScore(score: score, version: version, cases: model.total)
    }
}

extension LeadScore {
    fileprivate init(row: Row) throws {
        let factors: JSONText = try row["factors"]
        self.init(
            leadID: try row["lead_id"],
            receivedAt: try row["received_at"],
            facts: ScoreFacts(try factors.decode()),
            percent: try row["percent"]
        )
    }
}
