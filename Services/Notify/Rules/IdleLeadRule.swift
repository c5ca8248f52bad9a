import Contracts

extension NotificationRules {
    /// A lead that nobody follows up: its owner hears of it, then their manager, then the owner that it is gone.
    static let leadIdle = NotificationRule<LeadIdle>("lead-idle") { lead in
        let known: [String: TextVariable] = [
            "customer": .name(lead.customerName), "grade": .text(lead.grade), "since": .time(lead.since),
        ]
        let link = path(lead.leadID)
        switch (lead.step, lead.managerID) {
        case ("owner", _):
            return [.work(for: .staff(lead.ownerID), "lead-idle-reminder", by: [.inApp], link: link, known)]
        case ("manager", let manager?):
            return [
                .work(
                    for: .staff(manager),
                    "lead-idle-manager",
                    by: [.inApp],
                    link: link,
                    known,
                    names: ["owner": lead.ownerID]
                )
            ]
        case ("pool", _):
            return [.work(for: .staff(lead.ownerID), "lead-idle-pool", by: [.inApp], link: link, known)]
        default: return []
        }
    }
}
