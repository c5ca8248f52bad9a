import Contracts
import Foundation
import Messaging
import Postgres
import Web

/// The SQL of what Service holds of a person.
///
/// Whoever adds a table names it here, and in ``ForgottenPersonStore`` where it says who somebody is; a test compares this with the
/// schema.
extension Holdings {
    static let service = Holdings(
        [
            customers,
            aliases(.kept("UIDs")),
            Table("purchases", .kept("figures of a contract")) {
                "SELECT to_jsonb(t) AS held FROM purchases t WHERE t.uid = \($0.anyUID) ORDER BY t.contract_id"
            },
            Table("handovers", .blanked) {
                "SELECT to_jsonb(t) AS held FROM handovers t WHERE t.uid = \($0.anyUID) ORDER BY t.opened_at, t.id"
            },
            Table("care_steps", .kept("which step was due and sent when")) { person in
                """
                SELECT to_jsonb(t) AS held FROM care_steps t JOIN handovers h ON h.id = t.handover_id
                 WHERE h.uid = \(person.anyUID) ORDER BY t.due_at, t.step
                """
            },
            Table("cases", .blanked) {
                "SELECT to_jsonb(t) AS held FROM cases t WHERE t.uid = \($0.anyUID) ORDER BY t.opened_at, t.id"
            },
            Table("case_entries", .blanked) { person in
                """
                SELECT to_jsonb(t) AS held FROM case_entries t JOIN cases c ON c.id = t.case_id
                 WHERE c.uid = \(person.anyUID) ORDER BY t.at, t.id
                """
            },
            Table("sla_steps", .kept("which alarm went to which colleagues")) { person in
                """
                SELECT to_jsonb(t) AS held FROM sla_steps t JOIN cases c ON c.id = t.case_id
                 WHERE c.uid = \(person.anyUID) ORDER BY t.fired_at
                """
            },
            forgotten,
            journal,
        ],
        others: [
            "staff": "colleagues", "care_rules": "rules", "response_rules": "rules", "case_numbers": "counts",
        ]
    )
}

extension HoldingRoutes<ServiceHolder> {
    static func service(_ app: AfterSalesApp) -> Self {
        HoldingRoutes(.service, app.spine) { tx, uids in
            try await ForgottenPersonStore(tx).subjects(of: uids).compactMap { UUID(uuidString: $0) }
        }
    }
}
