import Contracts

extension NotificationRules {
    /// The next call about a lead is due: its owner hears of it, then their manager.
    static let leadFollowUpDue = NotificationRule<LeadFollowUpDue>("lead-follow-up-due") { lead in
        let known: [String: TextVariable] = [
            "customer": .name(lead.customerName), "grade": .text(lead.grade), "due": .time(lead.dueAt),
        ]
        let link = path(lead.leadID)
        switch (lead.step, lead.managerID) {
        case ("owner", _):
            return [.work(for: .staff(lead.ownerID), "follow-up-reminder", by: [.inApp], link: link, known)]
        case ("manager", let manager?):
            return [
                .work(
                    for: .staff(manager),
                    "follow-up-manager",
                    by: [.inApp],
                    link: link,
                    known,
                    names: ["owner": lead.ownerID]
                )
            ]
        default: return []
        }
    }
}
