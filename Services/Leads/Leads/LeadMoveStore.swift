import Contracts
import Foundation
import Messaging
import Postgres

/// A lead to which something has happened, and where it was before where it was moved.
struct LeadMove: Sendable {
    let lead: Lead
    /// Who had it before.
    var formerOwner: StaffID?
    var formerTeam: TeamID?
    /// The pool that it has left.
    var formerPool: String?
}

/// The SQL of where leads were before they are where they are.
struct LeadMoveStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    /// Leads as they are now, with where they came from according to what has happened to them.
    func moves(of changed: [LeadID: Set<MessageName>]) async throws -> [LeadMove] {
        let leads = try await LeadStore(tx).all(Array(changed.keys))
        let places = try await lastPlaces(of: leads.map(\.id))
        let former = leads.compactMap { lead in
            changed[lead.id]?.contains(LeadAssigned.name) == true ? lead.owners.last { $0 != lead.ownerID } : nil
        }
        let teams = try await teams(of: former)
        return leads.map { lead in
            var move = LeadMove(lead: lead)
            let wasMoved = changed[lead.id]?.contains(LeadAssigned.name) == true
            if wasMoved, let owner = lead.owners.last(where: { $0 != lead.ownerID }) {
                move.formerOwner = owner
                move.formerTeam = teams[owner]
            }
            // Where it was put last is where it is, unless somebody has just spoken with the person.
            let former = places[lead.id, default: []].dropFirst(wasMoved ? 1 : 0).first
            if let former, former.hasPrefix("pool:") { move.formerPool = String(former.dropFirst("pool:".count)) }
            return move
        }
    }

    /// Where leads were put by the last two decisions, the last one first: `pool:main`, `staff:…`.
    private func lastPlaces(of leads: [LeadID]) async throws -> [LeadID: [String]] {
        let rows = try await tx.all(
            """
            SELECT l.id, d.outcome
              FROM unnest(\(leads.map(\.uuid))::uuid[]) AS l (id)
             CROSS JOIN LATERAL (SELECT id, outcome FROM decisions
                                  WHERE lead_id = l.id AND kind = 'assign' ORDER BY id DESC LIMIT 2) AS d
             ORDER BY l.id, d.id DESC
            """
        ) { (try $0["id"] as LeadID, try $0["outcome"] as String) }
        return Dictionary(grouping: rows, by: \.0).mapValues { $0.map(\.1) }
    }

    private func teams(of staff: [StaffID]) async throws -> [StaffID: TeamID] {
        guard !staff.isEmpty else { return [:] }
        let rows = try await tx.all(
            "SELECT id, team_id FROM staff WHERE id = ANY(\(staff.map(\.uuid))::uuid[]) AND team_id IS NOT NULL"
        ) { (try $0["id"] as StaffID, try $0["team_id"] as TeamID) }
        return Dictionary(rows) { first, _ in first }
    }
}
