import Contracts
import Foundation
import Policies
import Postgres

/// A place where leads wait that nobody has.
struct Pool: Codable, Sendable, Equatable {
    var name: String
    var title: String
    /// Only this team's agents may claim from it.
    var teamID: TeamID?
    /// Its leads go to whoever is free and next, without a claim.
    var givesOut = false
    /// What nobody has followed up for long comes here.
    var takesRecycled = false
    /// Limits of its own for claims; the policy's hold where one is not set.
    var limits: PoolChanged.Limits?
    /// Rises with every change.
    var version: Int?
}

/// The SQL of pools.
struct PoolStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    /// Every pool, the delivered ones first.
    func all() async throws -> [Pool] {
        try await tx.all(
            """
            SELECT name, title, team_id, gives_out, takes_recycled, version::bigint AS version,
                   claims_per_day::bigint AS per_day, claims_held::bigint AS held, former_owner_waits::bigint AS waits,
                   new_leads_wait::bigint AS new_wait
              FROM pools WHERE is_active ORDER BY name <> 'main', name <> 'shared', name
            """
        ) { row in
            let limits = PoolChanged.Limits(
                perDay: try row["per_day"],
                heldAtOnce: try row["held"],
                formerOwnerWaits: try row["waits"],
                newLeadsWait: try row["new_wait"]
            )
            return Pool(
                name: try row["name"],
                title: try row["title"],
                teamID: try row["team_id"],
                givesOut: try row["gives_out"],
                takesRecycled: try row["takes_recycled"],
                limits: limits.own.isEmpty ? nil : limits,
                version: try row["version"]
            )
        }
    }

    /// Who has to wait before they may have a lead back from its pool, by lead.
    func barred(from leads: [Lead], at now: Date) async throws -> [LeadID: Set<StaffID>] {
        let policy = try await PolicyStore(tx).current(ClaimPolicy.self).value
        let found = try await tx.all(
            """
            SELECT x.lead_id, x.agent_id
              FROM pool_exits x JOIN leads l ON l.id = x.lead_id LEFT JOIN pools p ON p.name = l.pool
             WHERE x.lead_id = ANY(\(leads.map(\.id.uuid))::uuid[])
               AND x.left_at + coalesce(p.former_owner_waits, \(policy.formerOwnerWaits)::bigint) * interval '1 day' > \(now)
            """
        ) { (lead: try $0["lead_id"] as LeadID, agent: try $0["agent_id"] as StaffID) }
        return found.reduce(into: [:]) { $0[$1.lead, default: []].insert($1.agent) }
    }

    /// Notes whose leads were that came into a pool: who wants one back has to wait.
    func noteExits(_ exits: [(lead: LeadID, agent: StaffID)], at now: Date) async throws {
        guard !exits.isEmpty else { return }
        try tx.later(
            """
            INSERT INTO pool_exits (lead_id, agent_id, left_at)
            SELECT lead_id, agent_id, \(now)
              FROM unnest(\(exits.map(\.lead.uuid))::uuid[], \(exits.map(\.agent.uuid))::uuid[])
                   AS t (lead_id, agent_id)
            ON CONFLICT (lead_id, agent_id) DO UPDATE SET left_at = EXCLUDED.left_at
            """
        )
    }
}
