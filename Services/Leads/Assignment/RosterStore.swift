import Contracts
import Messaging
import Postgres

/// The SQL of rules, rotation and load.
struct RosterStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    /// Reads everybody's turn and load, and keeps others from choosing until the transaction ends.
    ///
    /// What has changed of the load is taken in after the lock was taken, so that no two leads go to the last free place
    /// of an agent.
    func locked() async throws -> Roster {
        let results = try await tx.pipeline([
            "SELECT FROM rotation ORDER BY agent_id FOR UPDATE", RosterStore.takingInChanges, RosterStore.agents,
            RosterStore.rules,
        ])
        return Roster(
            rules: try results[3].map(AssignmentRule.init(row:)),
            agents: try results[2].map(Agent.init(row:))
        )
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

    private static let agents: SQL = """
        SELECT s.id, s.team_id, s.projects, s.districts, s.capacity::bigint AS capacity, s.is_on_shift,
               coalesce(r.load, 0) AS load, coalesce(r.credit, 0) AS credit, coalesce(r.served, 0) AS served,
               coalesce(r.last_turn, 0) AS last_turn
          FROM staff s
          LEFT JOIN rotation r ON r.agent_id = s.id
         WHERE s.is_active AND s.role = 'agent'
        """

    private static let rules: SQL = """
        SELECT name, kind, version::bigint AS version, channel, grade, project, district, team_id
          FROM assignment_rules ORDER BY position
        """

    /// Writes back whose turn it is now.
    func save(_ roster: Roster, since before: Roster) async throws {
        let changed = roster.agents.values.filter { $0 != before.agents[$0.id] }.sorted { $0.id < $1.id }
        guard !changed.isEmpty else { return }
        try tx.later(
            """
            UPDATE rotation r
               SET credit = n.credit, served = n.served, last_turn = n.last_turn
              FROM unnest(\(changed.map(\.id.uuid))::uuid[], \(changed.map(\.credit))::bigint[],
                          \(changed.map(\.served))::bigint[], \(changed.map(\.lastTurn))::bigint[])
                   AS n (agent_id, credit, served, last_turn)
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
            isOnShift: try row["is_on_shift"],
            credit: try row["credit"],
            served: try row["served"],
            lastTurn: try row["last_turn"]
        )
    }
}

extension AssignmentRule {
    fileprivate init(row: Row) throws {
        self.init(
            try row["name"],
            Kind(rawValue: try row["kind"]) ?? .any,
            version: try row["version"],
            channel: try row["channel"],
            grade: try row["grade"],
            project: try row["project"],
            district: try row["district"],
            teamID: try row["team_id"]
        )
    }
}
