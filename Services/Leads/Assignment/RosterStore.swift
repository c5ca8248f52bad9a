import Contracts
import Foundation
import Messaging
import Policies
import Postgres

/// The SQL of rotation and load.
struct RosterStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    /// Reads everybody's turn and load, and keeps others from choosing until the transaction ends.
    ///
    /// What has changed of the load is taken in after the lock was taken, so that no two leads go to the last free place
    /// of an agent.
    func locked(at now: Date) async throws -> Ground {
        let local = LocalTime(now)
        let results = try await tx.pipeline([
            "SELECT FROM rotation ORDER BY agent_id FOR UPDATE", RosterStore.takingInChanges,
            RosterStore.agents(at: local), RuleSetStore.newest, PolicyStore.newest,
            BusinessCalendarStore.newest,
        ])
        let rules = try results[3].first.map(RuleSetStore.version(row:))
        return Ground(
            roster: Roster(
                rules: rules?.set ?? RuleSet([]),
                version: rules?.version ?? 0,
                agents: try results[2].map(Agent.init(row:)),
                day: local.day,
                id: .v7(at: now)
            ),
            policies: try PolicySet(results[4]),
            calendar: try BusinessCalendarStore.current(results[5]),
            isStaffed: try results[2].contains { try $0["works_by_hours"] && $0["absence"] == 0 },
            now: now
        )
    }

    /// How many leads each agent has under way, counted once more.
    static let projection = Projection(
        "load",
        in: [ProjectionTable("rotation", only: ["load"])],
        settle: { try await $0.tx.execute(RosterStore.takingInChanges) },
        build: { work, originals in
            try await work.tx.execute(
                """
                INSERT INTO rotation (agent_id, load)
                SELECT r.agent_id, count(l.id)
                  FROM \(originals["rotation"]) r
                  LEFT JOIN leads l ON l.owner_id = r.agent_id AND l.status IN ('open', 'contacted')
                 GROUP BY r.agent_id
                """
            )
        }
    )

    /// Everybody who may be given leads, without a lock: for looking only.
    func everybody(at now: Date) async throws -> [Agent] {
        try await tx.all(RosterStore.agents(at: LocalTime(now)), as: Agent.init(row:))
    }

    /// What assignment stands on, read at once.
    struct Ground: Sendable {
        let roster: Roster
        let policies: PolicySet
        let calendar: Versioned<BusinessCalendar>
        /// Somebody is at work by hours of their own.
        let isStaffed: Bool
        let now: Date

        var targets: ResponseTargets { ResponseTargets(policies, calendar, isStaffed: isStaffed, at: now) }
    }

    private static let takingInChanges: SQL = """
        WITH taken AS (
            DELETE FROM load_changes c USING rotation r WHERE r.agent_id = c.agent_id RETURNING c.agent_id, c.change
        )
        UPDATE rotation r
           SET load = r.load + t.change
          FROM (SELECT agent_id, sum(change)::bigint AS change FROM taken GROUP BY agent_id) AS t
         WHERE r.agent_id = t.agent_id
        """

    /// Everybody who sells, with why they are not there; who has no shift at all may work at any hour.
    private static func agents(at local: LocalTime) -> SQL {
        """
        SELECT s.id, s.team_id, s.projects, s.districts, s.capacity::bigint AS capacity,
               coalesce(r.load, 0) AS load, coalesce(r.credit, 0) AS credit, coalesce(r.served, 0) AS served,
               coalesce(r.last_turn, 0) AS last_turn, q.per_day::bigint AS quota,
               CASE WHEN r.taken_on = \(local.date)::text::date THEN r.taken ELSE 0 END AS taken,
               CASE WHEN NOT s.is_on_shift THEN 1::bigint
                    WHEN EXISTS (SELECT FROM agent_leaves l
                                  WHERE l.agent_id = s.id
                                    AND \(local.date)::text::date BETWEEN l.first_day AND l.last_day) THEN 3
                    WHEN EXISTS (SELECT FROM agent_shifts w WHERE w.agent_id = s.id)
                     AND NOT EXISTS (SELECT FROM agent_shifts w
                                      WHERE w.agent_id = s.id AND w.weekday = \(local.weekday)::bigint
                                        AND w.from_minute <= \(local.minute)::bigint
                                        AND w.to_minute > \(local.minute)::bigint) THEN 2
                    ELSE 0 END AS absence,
               EXISTS (SELECT FROM agent_shifts w WHERE w.agent_id = s.id) AS works_by_hours
          FROM staff s
          LEFT JOIN rotation r ON r.agent_id = s.id
          LEFT JOIN agent_quotas q ON q.agent_id = s.id
         WHERE s.is_active AND s.role = 'agent'
        """
    }

    /// Whether somebody is at work by hours of their own; who has none works when the office is open.
    static func staffed(at local: LocalTime) -> SQL {
        """
        SELECT EXISTS (
            SELECT FROM staff s JOIN agent_shifts w ON w.agent_id = s.id
             WHERE s.is_active AND s.role = 'agent' AND s.is_on_shift AND w.weekday = \(local.weekday)::bigint
               AND w.from_minute <= \(local.minute)::bigint AND w.to_minute > \(local.minute)::bigint
               AND NOT EXISTS (SELECT FROM agent_leaves l
                                WHERE l.agent_id = s.id
                                  AND \(local.date)::text::date BETWEEN l.first_day AND l.last_day)) AS is_staffed
        """
    }

    /// Writes back whose turn it is now, and what was decided from, for the leads in the order in which they were.
    func save(_ roster: Roster, since before: Roster, leads: [LeadID], now: Date) async throws {
        if roster.asked > before.asked { try await RosterSnapshotStore(tx).add(before, leads: leads, at: now) }
        let changed = roster.agents.values.filter { $0 != before.agents[$0.id] }.sorted { $0.id < $1.id }
        guard !changed.isEmpty else { return }
        try tx.later(
            """
            UPDATE rotation r
               SET credit = n.credit, served = n.served, last_turn = n.last_turn, taken = n.taken,
                   taken_on = \(LocalTime.date(of: roster.day))::text::date
              FROM unnest(\(changed.map(\.id.uuid))::uuid[], \(changed.map(\.credit))::bigint[],
                          \(changed.map(\.served))::bigint[], \(changed.map(\.lastTurn))::bigint[],
                          \(changed.map(\.taken))::bigint[])
                   AS n (agent_id, credit, served, last_turn, taken)
             WHERE r.agent_id = n.agent_id
            """
        )
    }
}

extension Agent {
    fileprivate init(row: Row) throws {
        self.init(
            id: try row["id"],
            teamID: try row["team_id"],
            projects: Set(try row["projects"] as [String]),
            districts: Set(try row["districts"] as [String]),
            capacity: try row["capacity"],
            load: try row["load"],
            absence: Absence(rawValue: try row["absence"]),
            quota: try row["quota"],
            taken: try row["taken"],
            credit: try row["credit"],
            served: try row["served"],
            lastTurn: try row["last_turn"]
        )
    }
}
