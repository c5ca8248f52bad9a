import Contracts
import Foundation
import Messaging
import Policies
import Postgres

/// The SQL of what buyers are worth.
struct ValueStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    /// The projects in which something was bought, or somebody is in a layer.
    func projects() async throws -> [String] {
        try await tx.all(
            """
            SELECT project FROM deal_facts WHERE outcome = 'won' AND project IS NOT NULL
             UNION
            SELECT project FROM value_layers
            """
        ) { try $0["project"] }
    }

    /// The projects in which these UIDs bought something, or have wanted to.
    func projects(of members: [UID]) async throws -> [String] {
        try await tx.all(
            """
            SELECT DISTINCT project FROM deal_facts
             WHERE origin = ANY(\(members.map(\.uuid))::uuid[]) AND project IS NOT NULL
            """
        ) { try $0["project"] }
    }

    /// Whether the night is waited for.
    func isWaiting(for kind: String) async throws -> Bool {
        try await tx.first("SELECT 1 AS one FROM timers WHERE kind = \(kind) LIMIT 1") { _ in true } ?? false
    }

    /// Puts all buyers of a project into layers, in one statement.
    ///
    /// A fifth is taken in the middle of those who are alike, so that they share it and it is the same every time.
    /// - Returns: whoever has no layer in the project any more.
    func reckon(_ project: String, _ policy: Versioned<ValuePolicy>, now: Date) async throws -> [UID] {
        let rule = policy.value
        let since = now.addingTimeInterval(-Double(rule.countedDays) * 86_400)
        return try await tx.all(
            """
            WITH buyers AS (
                SELECT coalesce(a.survivor, d.origin) AS uid, sum(d.minor)::bigint AS minor, max(d.won_at) AS won_at,
                       count(*) FILTER (WHERE d.won_at >= \(since)) AS deals
                  FROM deal_facts d LEFT JOIN aliases a ON a.uid = d.origin
                 WHERE d.project = \(project) AND d.outcome = 'won' AND d.currency = 'CNY'
                 GROUP BY 1
            ), known AS (
                SELECT b.uid, b.minor, greatest(b.won_at, m.last, l.last, r.last) AS last_at,
                       b.deals + m.times + l.times + r.times AS times
                  FROM buyers b
                  JOIN persons p ON p.uid = b.uid AND p.erased_at IS NULL
                 CROSS JOIN LATERAL (
                       SELECT array_append(ARRAY(SELECT uid FROM aliases WHERE survivor = b.uid), b.uid) AS ids) s
                 CROSS JOIN LATERAL (
                       SELECT max(happened_at) AS last, count(*) FILTER (WHERE happened_at >= \(since)) AS times
                         FROM life_marks WHERE origin = ANY(s.ids)) m
                 CROSS JOIN LATERAL (
                       SELECT max(last_touch_at) AS last,
                              coalesce(sum(touches) FILTER (WHERE last_touch_at >= \(since)), 0)::bigint AS times
                         FROM leads WHERE uid = b.uid) l
                 CROSS JOIN LATERAL (
                       SELECT max(arrived_at) AS last, count(*) FILTER (WHERE arrived_at >= \(since)) AS times
                         FROM referrals WHERE referrer = ANY(s.ids) AND state <> 'blocked') r
            ), fifths AS (
                SELECT *, count(*) OVER () AS people,
                       least(5, 1 + floor(2.5 * (percent_rank() OVER t + cume_dist() OVER t)))::smallint AS recency,
                       least(5, 1 + floor(2.5 * (percent_rank() OVER f + cume_dist() OVER f)))::smallint AS frequency,
                       least(5, 1 + floor(2.5 * (percent_rank() OVER v + cume_dist() OVER v)))::smallint AS value
                  FROM known WINDOW t AS (ORDER BY last_at), f AS (ORDER BY times), v AS (ORDER BY minor)
            ), layered AS (
                SELECT uid, last_at, times, minor, recency, frequency, value, people,
                       min(minor) FILTER (WHERE value >= \(rule.highValueFrom)) OVER () AS value_from,
                       CASE WHEN value >= \(rule.highValueFrom)
                            THEN CASE WHEN recency + frequency >= \(rule.activeFrom) THEN 'core' ELSE 'potential' END
                            ELSE CASE WHEN recency + frequency >= \(rule.activeFrom) THEN 'active' ELSE 'dormant' END
                       END AS layer
                  FROM fifths WHERE people >= \(rule.peopleAtLeast)
            ), kept AS (
                INSERT INTO value_layers AS o (project, uid, layer, last_at, times, minor, recency, frequency, value, people,
                                               value_from, policy_version, reckoned_at)
                SELECT \(project), uid, layer, last_at, times, minor, recency, frequency, value, people, value_from,
                       \(policy.version)::integer, \(now)
                  FROM layered ORDER BY uid
                ON CONFLICT (project, uid) DO UPDATE
                   SET layer = EXCLUDED.layer, last_at = EXCLUDED.last_at, times = EXCLUDED.times, minor = EXCLUDED.minor,
                       recency = EXCLUDED.recency, frequency = EXCLUDED.frequency, value = EXCLUDED.value,
                       people = EXCLUDED.people, value_from = EXCLUDED.value_from,
                       policy_version = EXCLUDED.policy_version, reckoned_at = EXCLUDED.reckoned_at
            )
            DELETE FROM value_layers WHERE project = \(project) AND uid NOT IN (SELECT uid FROM layered)
            RETURNING uid
            """
        ) { try $0["uid"] }
    }

    /// Takes the tag from those who are in no layer at all.
    func untag(_ uids: [UID]) async throws {
        guard !uids.isEmpty else { return }
        try await tx.execute(
            """
            DELETE FROM tags
             WHERE uid = ANY(\(uids.map(\.uuid))::uuid[]) AND key = \(TagKey.worth.rawValue) AND source = 'events'
               AND NOT EXISTS (SELECT FROM value_layers l WHERE l.uid = tags.uid)
            """
        )
    }

    /// People of a project whose tag says something else than their best layer does.
    func untold(_ project: String, atMost limit: Int) async throws -> [(uid: UID, layer: ValueLayer, project: String)] {
        try await tx.all(
            """
            SELECT b.uid, b.layer, b.project
              FROM (SELECT DISTINCT ON (uid) uid, layer, project FROM value_layers
                     WHERE uid IN (SELECT uid FROM value_layers WHERE project = \(project))
                     ORDER BY uid, array_position(\(ValueLayer.allCases.map(\.rawValue))::text[], layer), project) AS b
              LEFT JOIN tags t ON t.uid = b.uid AND t.key = \(TagKey.worth.rawValue) AND t.source = 'events'
             WHERE t.value IS DISTINCT FROM b.layer
             ORDER BY b.uid LIMIT \(limit)
            """
        ) { (try $0["uid"], ValueLayer(rawValue: try $0["layer"]) ?? .dormant, try $0["project"]) }
    }

    /// Takes away what the tag of these people said before.
    func forgetTags(of uids: [UID]) throws {
        try tx.later(
            """
            DELETE FROM tags
             WHERE uid = ANY(\(uids.map(\.uuid))::uuid[]) AND key = \(TagKey.worth.rawValue) AND source = 'events'
            """
        )
    }

    /// What somebody is worth, the best first.
    func of(_ uid: UID) async throws -> [ValueStanding] {
        try await tx.all(
            """
            SELECT project, layer, last_at, times, minor, recency::bigint AS recency, frequency::bigint AS frequency,
                   value::bigint AS value, people, value_from, policy_version::bigint AS policy_version
              FROM value_layers WHERE uid = \(uid)
             ORDER BY array_position(\(ValueLayer.allCases.map(\.rawValue))::text[], layer), project
            """
        ) { row in
            ValueStanding(
                project: try row["project"],
                layer: ValueLayer(rawValue: try row["layer"]) ?? .dormant,
                lastAt: try row["last_at"],
                times: try row["times"],
                minor: try row["minor"],
                recency: try row["recency"],
                frequency: try row["frequency"],
                value: try row["value"],
                people: try row["people"],
                valueFrom: try row["value_from"],
                policyVersion: try row["policy_version"]
            )
        }
    }

    /// How many people are in each layer of each project.
    func counts() async throws -> [(project: String, layer: ValueLayer, people: Int)] {
        try await tx.all("SELECT project, layer, count(*) AS people FROM value_layers GROUP BY 1, 2 ORDER BY 1") {
            (try $0["project"], ValueLayer(rawValue: try $0["layer"]) ?? .dormant, try $0["people"])
        }
    }
}
