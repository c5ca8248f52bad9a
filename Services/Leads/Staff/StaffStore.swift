import Contracts
import Failures
import Messaging
import Postgres
import Web

/// A member of staff as pages and rules of Leads need them.
struct StaffMember: Sendable, Equatable {
    var id: StaffID
    var name: String
    var role: String
    var teamID: TeamID?
    var teamName: String?
    var isActive: Bool
}

/// The SQL of staff, who belong to Sales.
struct StaffStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    /// Writes what Sales says, unless something newer is known.
    /// - Returns: whether it was written.
    func save(_ staff: StaffChanged, sequence: Int64) async throws -> Bool {
        let written = try await tx.execute(
            """
            INSERT INTO staff (id, name, role, team_id, team_name, manager_id, projects, districts, capacity,
                               is_on_shift, is_active, language, sign_in_epoch, sequence)
            VALUES (\(staff.staffID), \(staff.name), \(staff.role), \(staff.teamID), \(staff.teamName),
                    \(staff.managerID), \(staff.projects), \(staff.districts), \(staff.capacity)::bigint,
                    \(staff.isOnShift), \(staff.isActive), \(staff.language),
                    \(staff.signInEpoch ?? 0)::integer, \(sequence))
            ON CONFLICT (id) DO UPDATE
               SET name = EXCLUDED.name, role = EXCLUDED.role, team_id = EXCLUDED.team_id,
                   team_name = EXCLUDED.team_name, manager_id = EXCLUDED.manager_id, projects = EXCLUDED.projects,
                   districts = EXCLUDED.districts, capacity = EXCLUDED.capacity, is_on_shift = EXCLUDED.is_on_shift,
                   is_active = EXCLUDED.is_active, language = EXCLUDED.language,
                   sign_in_epoch = EXCLUDED.sign_in_epoch, sequence = EXCLUDED.sequence
             WHERE staff.sequence < EXCLUDED.sequence
            """
        )
        guard written == 1 else { return false }
        // A rotation row from the first day on, so that there is something to lock; another team starts even.
        try tx.later(
            """
            INSERT INTO rotation (agent_id, team_id) VALUES (\(staff.staffID), \(staff.teamID))
            ON CONFLICT (agent_id) DO UPDATE
               SET credit = CASE WHEN rotation.team_id IS DISTINCT FROM EXCLUDED.team_id THEN 0
                                 ELSE rotation.credit END,
                   team_id = EXCLUDED.team_id
            """
        )
        return true
    }

    func find(_ id: StaffID) async throws -> StaffMember? {
        try await members("WHERE id = \(id)").first
    }

    /// An agent to whom somebody may give leads.
    /// - Throws: a ``Rejection`` as if there were no such agent, also for another team's.
    func agent(_ id: StaffID, for sight: Sight) async throws -> StaffMember {
        guard let member = try await find(id), member.isActive, member.role == "agent", sight.leads(member) else {
            throw Rejection.invalid("agent", "no-such-agent", "There is no such agent.")
        }
        return member
    }

    /// Those who may be given leads, by team and name.
    func agents(ofTeam team: TeamID? = nil) async throws -> [StaffMember] {
        if let team {
            return try await members("WHERE is_active AND role = 'agent' AND team_id = \(team) ORDER BY name")
        }
        return try await members("WHERE is_active AND role = 'agent' ORDER BY team_name, name")
    }

    /// Everybody there is or was, by name.
    func everybody() async throws -> [StaffMember] { try await members("ORDER BY name, id") }

    /// Everybody who ever had leads, by team and name.
    func sellers() async throws -> [StaffMember] {
        try await members("WHERE role IN ('agent', 'manager') ORDER BY team_name, name")
    }

    /// Everybody, for the names on a page.
    func names() async throws -> [StaffID: String] {
        let all = try await members("")
        return Dictionary(all.map { ($0.id, $0.name) }) { first, _ in first }
    }

    /// An agent of a team, or the team alone, or neither: whose manager is asked for.
    struct Post: Hashable {
        let agent: StaffID?
        let team: TeamID?

        init(agent: StaffID?, team: TeamID?) {
            self.agent = agent
            self.team = team
        }

        /// Of whoever has a lead.
        init(of lead: Lead) { self.init(agent: lead.ownerID, team: lead.teamID) }
    }

    /// Who leads these: the manager that Sales names, else one of the team, else anybody who leads.
    func managers(of posts: [Post]) async throws -> [Post: StaffID] {
        let found = try await tx.all(
            """
            SELECT p.agent, p.team, m.id
              FROM unnest(\(posts.map(\.agent?.uuid))::uuid[], \(posts.map(\.team?.uuid))::uuid[]) AS p (agent, team)
              LEFT JOIN staff a ON a.id = p.agent
             CROSS JOIN LATERAL (
                SELECT s.id
                  FROM staff s
                 WHERE s.is_active AND (s.id = a.manager_id OR s.role IN ('manager', 'head'))
                 ORDER BY s.id IS DISTINCT FROM a.manager_id, s.team_id IS DISTINCT FROM p.team, s.role = 'head', s.id
                 LIMIT 1
             ) m
            """
        ) { (post: Post(agent: try $0["agent"], team: try $0["team"]), manager: try $0["id"] as StaffID) }
        return Dictionary(found.map { ($0.post, $0.manager) }) { first, _ in first }
    }

    private func members(_ rest: SQL) async throws -> [StaffMember] {
        try await tx.all("SELECT id, name, role, team_id, team_name, is_active FROM staff \(rest)") { row in
            StaffMember(
                id: try row["id"],
                name: try row["name"],
                role: try row["role"],
                teamID: try row["team_id"],
                teamName: try row["team_name"],
                isActive: try row["is_active"]
            )
        }
    }
}
