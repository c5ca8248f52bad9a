import Contracts
import Foundation
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
                   claims_per_day::bigint AS per_day, claims_held::bigint AS held, former_owner_waits::bigint AS waits
              FROM pools WHERE is_active ORDER BY name <> 'main', name <> 'shared', name
            """
        ) { row in
            let limits = PoolChanged.Limits(
                perDay: try row["per_day"],
                heldAtOnce: try row["held"],
                formerOwnerWaits: try row["waits"]
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
