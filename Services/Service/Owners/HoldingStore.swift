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
            Table("customers", .blanked) { "SELECT to_jsonb(t) AS held FROM customers t WHERE t.uid = \(ids($0))" },
            Table("aliases", .kept("UIDs")) {
                "SELECT to_jsonb(t) AS held FROM aliases t WHERE t.uid = \(ids($0)) OR t.survivor = \(ids($0))"
            },
            Table("purchases", .kept("figures of a contract")) {
                "SELECT to_jsonb(t) AS held FROM purchases t WHERE t.uid = \(ids($0)) ORDER BY t.contract_id"
            },
            Table("handovers", .blanked) {
                "SELECT to_jsonb(t) AS held FROM handovers t WHERE t.uid = \(ids($0)) ORDER BY t.opened_at, t.id"
            },
            Table("care_steps", .kept("which step was due and sent when")) { person in
                """
                SELECT to_jsonb(t) AS held FROM care_steps t JOIN handovers h ON h.id = t.handover_id
                 WHERE h.uid = \(ids(person)) ORDER BY t.due_at, t.step
                """
            },
            Table("cases", .blanked) {
                "SELECT to_jsonb(t) AS held FROM cases t WHERE t.uid = \(ids($0)) ORDER BY t.opened_at, t.id"
            },
            Table("case_entries", .blanked) { person in
                """
                SELECT to_jsonb(t) AS held FROM case_entries t JOIN cases c ON c.id = t.case_id
                 WHERE c.uid = \(ids(person)) ORDER BY t.at, t.id
                """
            },
            Table("sla_steps", .kept("which alarm went to which colleagues")) { person in
                """
                SELECT to_jsonb(t) AS held FROM sla_steps t JOIN cases c ON c.id = t.case_id
                 WHERE c.uid = \(ids(person)) ORDER BY t.fired_at
                """
            },
            Table("forgotten", .kept("UIDs")) {
                "SELECT to_jsonb(t) AS held FROM forgotten t WHERE t.uid = \(ids($0))"
            },
            journal,
        ],
        others: [
            "staff": "colleagues", "care_rules": "rules", "response_rules": "rules", "case_numbers": "counts",
        ]
    )

    private static func ids(_ person: Person) -> SQL { "ANY(\(person.uids.map(\.uuid))::uuid[])" }
}

extension HoldingRoutes {
    static func service(_ app: AfterSalesApp) -> HoldingRoutes {
        HoldingRoutes("service", .service, app.spine) { tx, uids in
            try await ForgottenPersonStore(tx).subjects(of: uids).compactMap { UUID(uuidString: $0) }
        } note: { uid, staff, work in
            try await work.publish(ServicePersonExported(uid: uid, staffID: staff), about: uid, uid: uid)
        }
    }
}
