import Contracts
import Foundation
import Policies

/// When the person of a lead is to be called next, and who has been told that it is due.
struct FollowUp: Sendable, Equatable {
    enum Step: String, Sendable {
        case waiting
        /// The owner was reminded.
        case reminded
        /// The manager was told.
        case escalated
    }

    static let timerKind = "leads.follow-up"

    let leadID: LeadID
    let dueAt: Date
    /// What is to be done then.
    var note: String?
    /// Who has said so; nil where the policy has.
    var setBy: StaffID?
    /// As of when it holds: of two the later one.
    let setAt: Date
    var step = Step.waiting
    let why: Why
}

extension FollowUp {
    /// What somebody has agreed with the person, or wants to do.
    static func agreed(_ lead: LeadID, at due: Date, _ note: String?, by staff: StaffID, setAt: Date) -> FollowUp {
        FollowUp(
            leadID: lead,
            dueAt: due,
            note: note,
            setBy: staff,
            setAt: setAt,
            why: Why(
                rule: "follow-up.agreed",
                version: 1,
                inputs: ["by": "staff:\(staff)", "callBy": Wire.text(of: due)],
                otherwise: "Without a date the policy's days for the grade would have counted."
            )
        )
    }

    /// What the policy says of a lead that nobody has named a date for, counted from the last talk or from who was given it.
    static func standard(_ lead: Lead, since: Date, _ policy: Versioned<FollowUpPolicy>) -> FollowUp {
        let seconds = policy.value.seconds(lead.grade)
        return FollowUp(
            leadID: lead.id,
            dueAt: since.addingTimeInterval(seconds),
            setAt: since,
            why: Why(
                rule: "follow-up.standard",
                version: policy.version,
                inputs: [
                    "grade": lead.grade.rawValue, "respondWithin": "\(Int(seconds)) s", "since": Wire.text(of: since),
                ],
                otherwise: "A date that somebody had named would have counted."
            )
        )
    }

    /// When the next step is due; nil after the last.
    func nextStepAt(_ policy: FollowUpPolicy) -> Date? {
        switch step {
        case .waiting: dueAt
        case .reminded: dueAt.addingTimeInterval(Double(policy.managerAfterHours) * 3_600)
        case .escalated: nil
        }
    }

    /// The same, one step on, with what that step is called; nil after the last.
    var advanced: (followUp: FollowUp, told: String)? {
        var next = self
        switch step {
        case .waiting:
            next.step = .reminded
            return (next, "owner")
        case .reminded:
            next.step = .escalated
            return (next, "manager")
        case .escalated: return nil
        }
    }

    /// Why somebody is told.
    func why(_ told: String, _ grade: Grade, _ policy: Versioned<FollowUpPolicy>) -> Why {
        Why(
            rule: "follow-up.\(told)",
            version: policy.version,
            inputs: [
                "grade": grade.rawValue, "callBy": Wire.text(of: dueAt),
                "graceHours": "\(policy.value.managerAfterHours)",
            ],
            otherwise: "A call, or another date, before would have begun the count anew."
        )
    }
}
