import Contracts
import Messaging
import Postgres

/// The SQL of rules, rotation and load.
struct RosterStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    /// Reads everybody's turn and load, and keeps others from choosing until the transaction ends.
    ///
    /// The load is counted after the lock was taken, so that no two leads go to the last free place of an agent. Leads
    /// that agents hold are at most their capacities together, so the count stays small however many wait in the pool.
    func locked() async throws -> Roster {
        let turns = try await tx.all(
            "SELECT agent_id, credit, served, last_turn FROM rotation ORDER BY agent_id FOR UPDATE"
        ) {
            row in (id: try row["agent_id"] as StaffID, turn: try Turn(row))
        }
        let turn = Dictionary(turns.map { ($0.id, $0.turn) }) { first, _ in first }
        let agents = try await tx.all(
            """
            SELECT s.id, s.team_id, s.projects, s.districts, s.capacity::bigint AS capacity, s.is_on_shift,
                   coalesce(l.leads, 0) AS load
              FROM staff s
              LEFT JOIN (SELECT owner_id, count(*) AS leads FROM leads
                          WHERE status IN ('open', 'contacted') AND owner_id IS NOT NULL
                          GROUP BY owner_id) l ON l.owner_id = s.id
             WHERE s.is_active AND s.role = 'agent'
            """
        ) { row in
            let id: StaffID = try row["id"]
            return Agent(
                id: id,
                teamID: try row["team_id"],
                projects: Set(try row["projects"] as [String]),
                districts: Set(try row["districts"] as [String]),
                capacity: try row["capacity"],
                load: try row["load"],
                isOnShift: try row["is_on_shift"],
                credit: turn[id]?.credit ?? 0,
                served: turn[id]?.served ?? 0,
                lastTurn: turn[id]?.last ?? 0
            )
        }
        return Roster(rules: try await rules(), agents: agents)
    }

    /// Writes back whose turn it is now.
    func save(_ roster: Roster, since before: Roster) async throws {
        let changed = roster.agents.values.filter { $0 != before.agents[$0.id] }.sorted { $0.id < $1.id }
        guard !changed.isEmpty else { return }
        try await tx.execute(
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

    private func rules() async throws -> [AssignmentRule] {
        try await tx.all(
            """
            SELECT name, kind, version::bigint AS version, channel, grade, project, district, team_id
              FROM assignment_rules ORDER BY position
            """
        ) { row in
            AssignmentRule(
                try row["name"],
                AssignmentRule.Kind(rawValue: try row["kind"]) ?? .any,
                version: try row["version"],
                channel: try row["channel"],
                grade: try row["grade"],
                project: try row["project"],
                district: try row["district"],
                teamID: try row["team_id"]
            )
        }
    }

    private struct Turn {
        let credit: Int64
        let served: Int64
        let last: Int64

        init(_ row: Row) throws {
            credit = try row["credit"]
            served = try row["served"]
            last = try row["last_turn"]
        }
    }
}
