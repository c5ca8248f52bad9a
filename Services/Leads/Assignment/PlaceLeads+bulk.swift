import Contracts
import Messaging

extension PlaceLeads {
    /// Gives locked leads to whom somebody has chosen for all of them.
    func byHand(_ leads: [Lead], to agent: StaffMember, by actor: String, _ work: Work) async throws {
        guard !leads.isEmpty else { return }
        let why = Why(rule: "assign.by-hand", version: 1, inputs: ["by": actor])
        let assignment = Assignment(ownerID: agent.id, teamID: agent.teamID, why: why)
        let targets = try await ResponseTargets.load(work.tx, at: work.now)
        _ = try await put(leads.map { ($0, assignment) }, Manner(), targets, work)
    }

    /// Puts locked leads into a pool.
    func toPool(_ leads: [Lead], _ pool: String, by actor: String, _ work: Work) async throws {
        guard !leads.isEmpty else { return }
        let why = Why(rule: "assign.pool-by-hand", version: 1, inputs: ["by": actor])
        let assignment = Assignment(pool: pool, why: why)
        let targets = try await ResponseTargets.load(work.tx, at: work.now)
        _ = try await put(leads.map { ($0, assignment) }, Manner(), targets, work)
    }
}
