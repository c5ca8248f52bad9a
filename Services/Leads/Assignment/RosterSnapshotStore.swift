import Contracts
import Foundation
import Messaging
import Postgres

/// The SQL of what decisions were made from: who could have been chosen, and whose turn it was.
struct RosterSnapshotStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    /// What of an agent changes rarely.
    private struct Member: Codable {
        let id: StaffID
        let team: TeamID?
        let projects: [String]
        let districts: [String]
        let capacity: Int
        let quota: Int?

        init(_ agent: Agent) {
            id = agent.id
            team = agent.teamID
            projects = agent.projects.sorted()
            districts = agent.districts.sorted()
            capacity = agent.capacity
            quota = agent.quota
        }
    }

    /// Keeps a roster as it was before these leads, in this order, were decided from it.
    func add(_ roster: Roster, leads: [LeadID], at now: Date) async throws {
        let agents = roster.agents.values.sorted { $0.id < $1.id }
        let members = try JSONText(wire: agents.map(Member.init))
        let digest = Digest.of(Array(members.text.utf8))
        try tx.later(
            "INSERT INTO roster_staff (digest, agents) VALUES (\(digest), \(members)) ON CONFLICT DO NOTHING"
        )
        try tx.later(
            """
            INSERT INTO rosters (id, taken_at, rules_version, staff_digest, turn, loads, credits, last_turns, taken,
                                 absences, leads)
            VALUES (\(roster.id), \(now), \(roster.version)::bigint, \(digest), \(roster.turn),
                    \(agents.map(\.load))::bigint[], \(agents.map(\.credit))::bigint[],
                    \(agents.map(\.lastTurn))::bigint[], \(agents.map(\.taken))::bigint[],
                    \(agents.map { $0.absence?.rawValue ?? 0 })::bigint[], \(leads.map(\.uuid))::uuid[])
            """
        )
    }

    /// A roster as it was, with the rules of its version, and the leads that were decided from it.
    func find(_ id: UUID) async throws -> (roster: Roster, leads: [LeadID])? {
        try await tx.first(
            """
            SELECT r.taken_at, r.rules_version::bigint AS version, r.turn, r.loads, r.credits, r.last_turns, r.taken,
                   r.absences, r.leads, s.agents, v.rules
              FROM rosters r
              JOIN roster_staff s ON s.digest = r.staff_digest
              JOIN rule_sets v ON v.version = r.rules_version
             WHERE r.id = \(id)
            """
        ) { row in
            let rules: JSONText = try row["rules"]
            let leads: [UUID] = try row["leads"]
            let members: JSONText = try row["agents"]
            let roster = Roster(
                rules: try rules.decode(),
                version: try row["version"],
                agents: try agents(try members.decode(), row),
                day: LocalTime(try row["taken_at"]).day,
                turn: try row["turn"],
                id: id
            )
            return (roster, leads.map { LeadID($0) })
        }
    }

    /// Who was there at the time of each of these rosters and how much room they had, of those that are kept.
    func everybody(of rosters: Set<UUID>) async throws -> [UUID: [Agent]] {
        guard !rosters.isEmpty else { return [:] }
        let ids = Array(rosters)
        // The same people stand in many rosters: they are read once.
        let staff = try await tx.all(
            """
            SELECT s.digest, s.agents FROM roster_staff s
             WHERE s.digest IN (SELECT r.staff_digest FROM rosters r WHERE r.id = ANY(\(ids)::uuid[]))
            """
        ) { row in (try row["digest"] as String, try (row["agents"] as JSONText).decode([Member].self)) }
        let members = Dictionary(staff) { first, _ in first }
        let found = try await tx.all(
            """
            SELECT r.id, r.staff_digest, r.loads, r.credits, r.last_turns, r.taken, r.absences
              FROM rosters r WHERE r.id = ANY(\(ids)::uuid[])
            """
        ) { row in (try row["id"] as UUID, try agents(members[try row["staff_digest"]] ?? [], row)) }
        return Dictionary(found) { first, _ in first }
    }

    /// Drops the oldest of what was decided from before whole months that are not kept; as the journal's months are.
    /// - Returns: how many, of so many at a time.
    func drop(olderThan months: Int, atOnce limit: Int) async throws -> Int {
        let begin: Date? = try await tx.first(
            "SELECT date_trunc('month', now()) - make_interval(months => \(months)::int) AS begin"
        ) { try $0["begin"] }
        guard let begin else { return 0 }
        // Their ids rise with the time, so that the key finds them.
        return try await tx.execute(
            """
            DELETE FROM rosters
             WHERE id IN (SELECT id FROM rosters WHERE id < \(UUID.first(at: begin)) AND taken_at < \(begin)
                           ORDER BY id LIMIT \(limit))
            """
        )
    }

    private func agents(_ members: [Member], _ row: Row) throws -> [Agent] {
        let loads: [Int] = try row["loads"]
        let credits: [Int64] = try row["credits"]
        let turns: [Int64] = try row["last_turns"]
        let taken: [Int] = try row["taken"]
        let absences: [Int] = try row["absences"]
        return members.enumerated().map { index, member in
            Agent(
                id: member.id,
                teamID: member.team,
                projects: Set(member.projects),
                districts: Set(member.districts),
                capacity: member.capacity,
                load: loads[index],
                absence: Absence(rawValue: absences[index]),
                quota: member.quota,
                taken: taken[index],
                credit: credits[index],
                lastTurn: turns[index]
            )
        }
    }

    /// A decision about who gets a lead, as it was stored.
    struct Decision: Sendable {
        let id: Int64
        let leadID: LeadID
        let outcome: String
        let why: Why
        let actor: String
        let at: Date
        let basis: Assignment.Basis?
    }

    /// All decisions about who gets a lead, newest first.
    func decisions(about lead: LeadID) async throws -> [Decision] {
        try await decisions("lead_id = \(lead) AND kind = 'assign' ORDER BY id DESC LIMIT 200")
    }

    /// The decisions that were made from a roster, in order.
    func decisions(from roster: UUID, about leads: [LeadID]) async throws -> [Decision] {
        try await decisions(
            "lead_id = ANY(\(leads.map(\.uuid))::uuid[]) AND roster_id = \(roster) ORDER BY ordinal"
        )
    }

    private func decisions(_ condition: SQL) async throws -> [Decision] {
        try await tx.all(
            """
            SELECT id, lead_id, outcome, why, actor, decided_at, roster_id, ordinal, question
              FROM decisions WHERE \(condition)
            """
        ) { row in
            let why: JSONText = try row["why"]
            let question: JSONText? = try row["question"]
            let rosterID: UUID? = try row["roster_id"]
            let ordinal: Int? = try row["ordinal"]
            var basis: Assignment.Basis?
            if let question, let rosterID, let ordinal {
                basis = Assignment.Basis(rosterID: rosterID, ordinal: ordinal, question: try question.decode())
            }
            return Decision(
                id: try row["id"],
                leadID: try row["lead_id"],
                outcome: try row["outcome"],
                why: try why.decode(),
                actor: try row["actor"],
                at: try row["decided_at"],
                basis: basis
            )
        }
    }
}
