import Contracts

/// What becomes of a lead.
extension NotificationRules {
    /// The customer learns that we have heard them.
    static let leadReceived = NotificationRule<LeadReceived>("lead-received") { lead in
        [.customer(lead.uid, "lead-acknowledged", by: [.sms], .courtesy, for: .service)]
    }

    /// The owner learns of their new lead by every means: the clock runs.
    ///
    /// Who took it themselves knows.
    static let leadAssigned = NotificationRule<LeadAssigned>("lead-assigned") { lead in
        guard let owner = lead.ownerID, lead.isOwnDoing != true else { return [] }
        return [
            .work(
                for: .staff(owner),
                "lead-assigned",
                by: [.sms, .email, .inApp],
                link: path(lead.leadID),
                [
                    "customer": .name(lead.customerName), "grade": .text(lead.grade), "channel": .channel(lead.channel),
                    "project": lead.project.map { .project($0) } ?? .words(english: "any project", chinese: "项目不限"),
                    "due": .by(lead.firstResponseDueAt),
                ]
            )
        ]
    }

    /// The owner learns that the customer is still warm; while they are on leave somebody has to see to it.
    static let leadTouched = NotificationRule<LeadTouched>("lead-touched") { lead in
        guard let owner = lead.ownerID else { return [] }
        let known: [String: TextVariable] = [
            "customer": .name(lead.customerName), "channel": .channel(lead.channel), "touches": .count(lead.touches),
        ]
        let link = path(lead.leadID)
        let news = Notice.work(for: .staff(owner), "lead-touched", by: [.inApp], link: link, known)
        guard let standIn = lead.standInID else { return [news] }
        return [
            news,
            .work(
                for: .staff(standIn),
                "lead-touched-on-leave",
                by: [.inApp, .sms],
                link: link,
                known,
                names: ["owner": owner]
            ),
        ]
    }

    /// The ladder: remind the owner, tell them that it went to another, then tell their manager.
    static let leadResponseOverdue = NotificationRule<LeadResponseOverdue>("lead-response-overdue") { lead in
        let known: [String: TextVariable] = [
            "customer": .name(lead.customerName), "grade": .text(lead.grade), "due": .time(lead.dueAt),
        ]
        let link = path(lead.leadID)
        switch (lead.step, lead.ownerID, lead.managerID) {
        case ("remind", let owner?, _):
            return [.work(for: .staff(owner), "lead-overdue-reminder", by: [.inApp, .sms], link: link, known)]
        case ("reassign", let owner?, _):
            return [.work(for: .staff(owner), "lead-taken-away", by: [.inApp], link: link, known)]
        case ("manager", let owner, let manager?):
            let nobody: [String: TextVariable] = ["owner": .words(english: "nobody", chinese: "无人")]
            return [
                .work(
                    for: .staff(manager),
                    "lead-overdue-manager",
                    by: [.sms, .email, .inApp],
                    link: link,
                    known.merging(nobody) { known, _ in known },
                    names: owner.map { ["owner": $0] } ?? [:]
                )
            ]
        default: return []
        }
    }
}
