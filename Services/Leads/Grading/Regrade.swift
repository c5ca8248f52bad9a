import Contracts
import Foundation
import Messaging

/// A lead whose grade is another one now: by another enquiry, or by a visit.
struct Regrade: Sendable {
    /// As it is now.
    private(set) var lead: Lead
    let previous: Grade
    let why: Why

    /// Nil when the grade stays.
    init?(_ lead: Lead, _ inputs: GradeInputs, by table: GradeTable, _ targets: ResponseTargets, now: Date) {
        let (grade, why) = table.grade(inputs)
        guard grade != lead.grade else { return nil }
        previous = lead.grade
        self.why = why
        self.lead = lead
        self.lead.grade = grade
        // Whoever is worth more is called sooner; nobody is called later than was promised.
        if isWaiting {
            let due = targets.dueAt(grade, from: now)
            self.lead.responseDueAt = min(lead.responseDueAt, due)
        }
    }

    private var isWaiting: Bool { lead.status == .open && lead.step == .waiting }

    var event: LeadGraded {
        LeadGraded(leadID: lead.id, uid: lead.uid, grade: lead.grade.rawValue, previous: previous.rawValue, why: why)
    }

    /// The clock of the first response, which may run out earlier now.
    func timer(_ cause: Cause) throws -> TimerDraft? {
        guard isWaiting else { return nil }
        return try TimerDraft(ResponseTarget.timerKind, key: lead.id, at: lead.responseDueAt, cause: cause)
    }
}
