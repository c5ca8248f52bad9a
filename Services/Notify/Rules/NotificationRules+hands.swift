import Contracts
import Foundation

extension NotificationRules {
    /// The new owner of a case learns that it is theirs now.
    static let caseReassigned = NotificationRule<CaseReassigned>("case-reassigned") { given in
        [
            .work(
                for: .staff(given.ownerID),
                "case-reassigned",
                by: [.inApp, .email],
                link: "/service/cases/\(given.caseID)",
                ["number": .text(given.number), "title": .text(given.title), "due": .by(given.responseDueAt)],
                names: ["by": given.staffID]
            )
        ]
    }

    /// A step of a sequence for people who have not bought: only to whoever allowed it.
    ///
    /// A text that a newer version of Leads names is not sent before Notify has it.
    static let nurtureDue = NotificationRule<NurtureDue>("nurture-due") { due in
        guard MarketingText.all.contains(due.template) else { return [] }
        return [.marketing(due.uid, due.template)]
    }

    /// Everybody of an audience is sent the same, if they allow it.
    static let audienceReady = NotificationRule<AudienceReady>("audience-ready") { piece in
        guard MarketingText.all.contains(piece.template) else { return [] }
        return piece.people.map { uid in
            var notice = Notice.marketing(uid, piece.template)
            notice.audienceID = UUID(uuidString: piece.audienceID)
            return notice
        }
    }

    /// Whoever answers for a customer learns who had the customer's numbers shown.
    static let customerUnmasked = NotificationRule<CustomerUnmasked>("customer-unmasked") { shown in
        guard let owner = shown.ownerID, owner != shown.staffID else { return [] }
        return [
            .work(
                for: .staff(owner),
                "customer-unmasked",
                by: [.inApp],
                link: "/sales/customers/\(shown.uid)",
                ["reason": .text(shown.reason)],
                names: ["who": shown.staffID]
            )
        ]
    }
}
