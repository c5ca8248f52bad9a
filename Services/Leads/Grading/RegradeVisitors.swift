import Contracts
import Foundation
import Messaging

/// Grades a lead anew when its person came to see us.
struct RegradeVisitors: Sendable {
    func callAsFunction(_ contact: ContactLogged, _ work: Work) async throws {
        guard contact.kind == "visit", contact.isReached else { return }
        let leads = LeadStore(work.tx)
        let named: Lead?
        if let id = contact.leadID {
            named = try await leads.locked(id)
        } else {
            named = try await leads.open(of: contact.uid)
        }
        guard let lead = named, lead.status.isOpen else { return }
        let grades = GradeStore(work.tx)
        guard var inputs = try await grades.inputs(of: [lead.id])[lead.id] else { return }
        inputs.hasVisited = true
        let targets = try await ResponseTargets.load(work.tx, at: work.now)
        guard let regrade = Regrade(lead, inputs, by: try await grades.table(), targets, now: work.now) else { return }
        try await grades.save([regrade], actor: work.cause.actor, now: work.now)
        try await work.publish(regrade.event, about: lead.id, uid: lead.uid)
        try await KeepFollowUps().regraded([regrade.lead], work)
    }
}
