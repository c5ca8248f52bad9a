import Contracts

/// Who is told what when something happens, and by which means.
///
/// One rule per event; they are pure.
enum NotificationRules {
    // MARK: Sales

    static let unitHeld = NotificationRule<UnitHeld>("unit-held") { unit in
        [
            .work(
                for: .staff(unit.staffID),
                "unit-held",
                by: [.inApp],
                link: path(unit.unitID),
                ["unit": .text(unit.number), "project": .project(unit.project), "until": .time(unit.expiresAt)]
            )
        ]
    }

    static let unitReleased = NotificationRule<UnitReleased>("unit-released") { unit in
        [
            .work(
                for: .staff(unit.staffID),
                "unit-released",
                by: [.inApp],
                link: path(unit.unitID),
                ["unit": .text(unit.number), "project": .project(unit.project), "reason": words(release: unit.reason)]
            )
        ]
    }

    /// The customer is congratulated, the agent too.
    static let contractSigned = NotificationRule<ContractSigned>("contract-signed") { contract in
        [
            .customer(
                contract.uid,
                "contract-signed-customer",
                by: [.sms, .email],
                .service,
                for: .service,
                [
                    "customer": .name(contract.customer.name), "project": .project(contract.project),
                    "unit": .text(contract.unitNumber), "number": .text(contract.number),
                ]
            ),
            .work(
                for: .staff(contract.staffID),
                "contract-signed-agent",
                by: [.inApp],
                link: "/sales/customers/\(contract.uid)",
                [
                    "customer": .name(contract.customer.name), "unit": .text(contract.unitNumber),
                    "price": .money(contract.price),
                ]
            ),
        ]
    }

    static let dealWon = NotificationRule<DealWon>("deal-won") { deal in
        [
            .work(
                for: .managerOf(deal.ownerID),
                "deal-won-manager",
                by: [.inApp],
                link: "/sales/customers/\(deal.uid)",
                ["price": .money(deal.price)],
                names: ["owner": deal.ownerID]
            )
        ]
    }

    // MARK: Service

    static let handoverOpened = NotificationRule<HandoverOpened>("handover-opened") { handover in
        [
            .customer(
                handover.uid,
                "handover-opened",
                by: [.sms],
                .service,
                for: .service,
                ["project": .project(handover.project), "unit": .text(handover.unitNumber)]
            )
        ]
    }

    static let handoverCompleted = NotificationRule<HandoverCompleted>("handover-completed") { handover in
        [
            .customer(
                handover.uid,
                "handover-completed",
                by: [.sms],
                .service,
                for: .service,
                ["project": .project(handover.project), "unit": .text(handover.unitNumber)]
            )
        ]
    }

    /// The customer has it confirmed that we took it; its owner learns of it.
    static let caseOpened = NotificationRule<CaseOpened>("case-opened") { opened in
        let receipt = Notice.customer(
            opened.uid,
            "case-received",
            by: [.sms],
            .service,
            for: .service,
            ["number": .text(opened.number), "due": .time(opened.responseDueAt)]
        )
        guard let owner = opened.ownerID else { return [receipt] }
        let task = Notice.work(
            for: .staff(owner),
            "case-opened",
            by: [.inApp, .email],
            link: path(opened.caseID),
            [
                "number": .text(opened.number), "title": .text(opened.title), "customer": .name(opened.customerName),
                "due": .time(opened.responseDueAt),
            ]
        )
        return [receipt, task]
    }

    static let caseReplied = NotificationRule<CaseReplied>("case-replied") { reply in
        [
            .customer(
                reply.uid,
                "case-replied",
                by: [.sms],
                .service,
                for: .service,
                ["number": .text(reply.number), "text": .text(reply.text)]
            )
        ]
    }

    static let caseClosed = NotificationRule<CaseClosed>("case-closed") { closed in
        [
            .customer(
                closed.uid,
                "case-closed",
                by: [.sms],
                .service,
                for: .service,
                ["number": .text(closed.number), "result": .text(closed.result)]
            )
        ]
    }

    /// Everybody whom the ladder names is alarmed by every means.
    static let slaBreached = NotificationRule<SLABreached>("sla-breached") { breach in
        breach.recipients.map { recipient in
            .work(
                for: .staff(recipient),
                "sla-breached",
                by: [.sms, .email, .inApp],
                link: path(breach.caseID),
                ["number": .text(breach.number), "title": .text(breach.title), "due": .time(breach.dueAt)]
            )
        }
    }

    static let careDue = NotificationRule<CareDue>("care-due") { care in
        guard care.step == "decoration-guide" else { return [] }
        return [
            .customer(
                care.uid,
                "decoration-guide",
                by: [.sms, .email],
                .courtesy,
                for: .care,
                ["project": .project(care.project), "unit": .text(care.unitNumber)]
            )
        ]
    }

    // MARK: Words and places

    static func path(_ lead: LeadID) -> String { "/leads/leads/\(lead)" }
    private static func path(_ unit: UnitID) -> String { "/sales/units/\(unit)" }
    private static func path(_ opened: CaseID) -> String { "/service/cases/\(opened)" }

    private static func words(release reason: String) -> TextVariable {
        switch reason {
        case "expired": .words(english: "the hold expired", chinese: "保留已到期")
        case "deal-lost": .words(english: "the deal was lost", chinese: "交易已流失")
        default: .words(english: "the hold was released", chinese: "保留已解除")
        }
    }
}
