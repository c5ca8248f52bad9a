import Contracts
import Failures
import Foundation
import Messaging
import Web

/// Says by hand when a person is to be called next, and what about.
struct SetFollowUp: Sendable {
    /// Nobody plans further ahead.
    private static let horizon: TimeInterval = 366 * 86_400

    let keep = KeepFollowUps()

    func callAsFunction(_ id: LeadID, at due: Date, note: String?, _ sight: Sight, _ work: Work) async throws {
        try sight.requireActing()
        guard let staff = work.cause.staffID else { throw Rejection.notFound("lead", id) }
        guard let lead = try await LeadStore(work.tx).locked(id), sight.sees(lead.belonging(isSold: false)) else {
            throw Rejection.notFound("lead", id)
        }
        guard lead.status.isOpen else {
            throw Rejection(.conflict, "lead-not-open", "The lead is \(lead.status.rawValue) already.")
        }
        guard lead.ownerID != nil else {
            throw Rejection(.conflict, "nobody-has-it", "The lead waits in a pool: nobody would be reminded.")
        }
        guard let note = note?.cleaned(atMost: 200) else {
            throw Rejection.invalid("note", "missing-field", "Say what is to be done then.")
        }
        let due = due.toMilliseconds
        guard due > work.now, due < work.now.addingTimeInterval(Self.horizon) else {
            throw Rejection.invalid("at", "not-ahead", "at lies ahead, within a year.")
        }
        let agreed = FollowUp.agreed(id, at: due, note, by: staff, setAt: work.now)
        try await keep.begin([agreed], work)
        let event = LeadFollowUpSet(
            leadID: id,
            uid: lead.uid,
            ownerID: lead.ownerID,
            staffID: staff,
            dueAt: due,
            note: note,
            why: agreed.why
        )
        try await work.publish(event, about: id, uid: lead.uid)
    }
}

/// When somebody is to be called next, and what about.
struct FollowUpAct: LeadAct {
    static let path = "next-action"
    static let done = "leads.next.saved"

    let at: Date
    let note: String?

    init(_ form: Form, _ viewer: Viewer, _ app: LeadsApp) throws {
        at = try viewer.moment(form["nextAt"], field: "nextAt")
        note = form.optional("nextNote")
    }

    func carryOut(on id: LeadID, _ app: LeadsApp, _ sight: Sight, _ work: Work) async throws {
        try await app.setFollowUp(id, at: at, note: note, sight, work)
    }
}
