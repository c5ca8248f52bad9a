import Contracts

/// What customers write back.
extension NotificationRules {
    /// Whoever has the lead learns of it as of another enquiry: in the console.
    ///
    /// While they are on leave, or where nobody has it, somebody else has to see to it.
    static let leadAnswered = NotificationRule<LeadAnswered>("lead-answered") { answer in
        let words = TextVariable.text(String(answer.message.prefix(300)))
        let known: [String: TextVariable] = ["customer": .name(answer.customerName), "text": words]
        let link = path(answer.leadID)
        guard let owner = answer.ownerID else {
            guard let manager = answer.managerID else { return [] }
            return [.work(for: .staff(manager), "lead-answered-unowned", by: [.inApp], link: link, known)]
        }
        let news = Notice.work(for: .staff(owner), "lead-answered", by: [.inApp], link: link, known)
        guard let standIn = answer.standInID else { return [news] }
        return [
            news,
            .work(
                for: .staff(standIn),
                "lead-answered-on-leave",
                by: [.inApp, .sms],
                link: link,
                known,
                names: ["owner": owner]
            ),
        ]
    }

    /// Whoever has the case learns of it as of the case itself.
    static let caseAnswered = NotificationRule<CaseAnswered>("case-answered") { answer in
        answer.recipients.map { recipient in
            .work(
                for: .staff(recipient),
                "case-answered",
                by: [.inApp, .email],
                link: "/service/cases/\(answer.caseID)",
                [
                    "number": .text(answer.number), "title": .text(answer.title),
                    "customer": .name(answer.customerName), "text": .text(String(answer.text.prefix(300))),
                ]
            )
        }
    }
}
