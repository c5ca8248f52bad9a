import Contracts
import Foundation

/// A step of a case's ladder whose time has come, and who hears of it.
struct Alert: Sendable {
    let current: Case
    let step: Ladder.Step
    let recipients: [StaffID]
    let why: Why

    /// `leaders` are everybody who may be told besides the owner.
    init(_ step: Ladder.Step, of current: Case, leaders: [StaffMember], at now: Date) {
        self.current = current
        self.step = step
        recipients = Alert.recipients(of: step, ownedBy: current.ownerID, among: leaders)
        why = Why(
            rule: "sla.\(Ladder.clock).step-\(step.rawValue)",
            version: current.deadlineWhy.version,
            inputs: [
                "dueAt": Wire.text(of: current.responseDueAt), "stepDueAt": Wire.text(of: current.ladder.due(step)),
                "firedAt": Wire.text(of: now), "deadlineRule": current.deadlineWhy.rule,
                "alerted": "\(recipients.count)",
            ],
            otherwise: "An answer before then would have stopped the clock."
        )
    }

    /// The roles that may be told.
    static let roles = ["supervisor", "head", "admin"]

    /// The owner and the supervisors, then the heads; where nobody has that role, the next above, so that somebody hears.
    static func recipients(
        of step: Ladder.Step,
        ownedBy owner: StaffID?,
        among leaders: [StaffMember]
    ) -> [StaffID] {
        let ranks = step == .desk ? roles : Array(roles.dropFirst())
        let alerted =
            ranks.lazy.map { rank in leaders.filter { $0.role == rank }.map(\.id) }.first { !$0.isEmpty } ?? []
        guard step == .desk, let owner else { return alerted }
        return [owner] + alerted.filter { $0 != owner }
    }

    /// What the case's timeline keeps of it.
    func entry(at now: Date) -> CaseEntry {
        CaseEntry(at: now, kind: .alert, text: "\(step.rawValue)", why: why, event: SLABreached.name)
    }

    /// What the others are told.
    var event: SLABreached {
        SLABreached(
            caseID: current.id,
            number: current.number,
            uid: current.uid,
            clock: Ladder.clock,
            step: step.rawValue,
            recipients: recipients,
            title: current.title,
            dueAt: current.responseDueAt,
            why: why
        )
    }
}
