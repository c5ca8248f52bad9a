import Contracts
import Foundation
import Messaging

/// An event of the intake, with the submission that caused it.
struct IntakeEvent: Sendable {
    enum Fact: Sendable {
        case identified(PersonIdentified)
        case consent(ConsentChanged)
        case received(LeadReceived)
        case assigned(LeadAssigned)
        case touched(LeadTouched)
        case graded(LeadGraded)
    }

    let submission: ReadSubmission
    let uid: UID
    let fact: Fact

    init(_ submission: ReadSubmission, uid: UID, _ fact: Fact) {
        self.submission = submission
        self.uid = uid
        self.fact = fact
    }

    /// Everything that follows from a submission is correlated by its receipt.
    var cause: Cause { submission.cause }

    var draft: Draft {
        switch fact {
        case .identified(let event): Draft(event, about: uid, uid: uid, cause: cause)
        case .consent(let event): Draft(event, about: uid, uid: uid, cause: cause)
        case .received(let event): Draft(event, about: event.leadID, uid: uid, cause: cause)
        case .assigned(let event): Draft(event, about: event.leadID, uid: uid, cause: cause)
        case .touched(let event): Draft(event, about: event.leadID, uid: uid, cause: cause)
        case .graded(let event): Draft(event, about: event.leadID, uid: uid, cause: cause)
        }
    }
}

extension ReadSubmission {
    /// The member of staff who has entered it by hand.
    var enteredBy: StaffID? {
        guard received.transport == .http, let actor = received.actor, actor.hasPrefix("staff:") else { return nil }
        return StaffID(String(actor.dropFirst("staff:".count)))
    }

    var cause: Cause {
        Cause(
            actor: received.actor ?? "channel:\(channel)",
            correlationID: received.id.wire,
            causationID: received.messageID ?? received.id.wire,
            traceparent: received.traceparent
        )
    }
}

extension LeadReceived {
    init(_ new: NewLead, _ person: Person) {
        self.init(
            leadID: new.lead.id,
            uid: new.lead.uid,
            channel: new.enquiry.channel,
            campaign: new.enquiry.campaign,
            externalID: new.enquiry.externalID,
            person: person.card,
            need: new.enquiry.need,
            message: new.enquiry.message,
            consent: new.enquiry.consent.map { Consent(allowed: $0.scopes.allowed, refused: $0.scopes.refused) },
            grade: new.lead.grade.rawValue,
            gradeWhy: new.gradeWhy,
            submittedAt: new.enquiry.submittedAt,
            receivedAt: new.lead.receivedAt,
            named: new.enquiry.named(person)
        )
    }
}

extension Enquiry {
    /// By which means it says itself that a person is reached, of the number and the address that they are written to.
    func named(_ person: Person) -> [String]? {
        let card = person.card
        let named = [
            card.phones.first.map(phones.contains) == true ? "sms" : nil,
            card.emails.first.map(emails.contains) == true ? "email" : nil,
        ]
        .compactMap(\.self)
        return named.isEmpty ? nil : named
    }
}

extension LeadAssigned {
    /// On a reassignment `previous` is who had it before.
    init(
        _ lead: Lead,
        _ assignment: Assignment,
        name: String?,
        previous: StaffID? = nil,
        isOwnDoing: Bool = false,
        tags: [PersonTag]? = nil
    ) {
        self.init(
            leadID: lead.id,
            uid: lead.uid,
            ownerID: assignment.ownerID,
            teamID: assignment.teamID,
            previousOwnerID: previous,
            pool: assignment.pool,
            grade: lead.grade.rawValue,
            customerName: name,
            project: lead.project,
            channel: lead.channel,
            firstResponseDueAt: lead.status == .open ? lead.responseDueAt : nil,
            why: assignment.why,
            isOwnDoing: isOwnDoing ? true : nil,
            tags: tags
        )
    }
}
