import Contracts
import Foundation
import Messaging
import Postgres
import Web

/// The SQL of what Sales holds of a person.
///
/// Whoever adds a table names it here, and in ``ForgottenCustomerStore`` where it says who somebody is; a test compares this with the
/// schema.
extension Holdings {
    static let sales = Holdings(
        [
            customers,
            Table("merged_people", .blanked) {
                "SELECT to_jsonb(t) AS held FROM merged_people t WHERE t.uid = \($0.anyUID)"
            },
            aliases(.kept("UIDs")),
            Table("contacts", .blanked) {
                "SELECT to_jsonb(t) AS held FROM contacts t WHERE t.uid = \($0.anyUID) ORDER BY t.contacted_at, t.id"
            },
            Table("deals", .blanked) {
                "SELECT to_jsonb(t) AS held FROM deals t WHERE t.uid = \($0.anyUID) ORDER BY t.opened_at, t.id"
            },
            Table("deal_stages", .kept("stages and times")) { person in
                """
                SELECT to_jsonb(t) AS held FROM deal_stages t JOIN deals d ON d.id = t.deal_id
                 WHERE d.uid = \(person.anyUID) ORDER BY t.id
                """
            },
            Table("unit_holds", .kept("which unit was held from when to when")) {
                "SELECT to_jsonb(t) AS held FROM unit_holds t WHERE t.uid = \($0.anyUID) ORDER BY t.held_at, t.id"
            },
            Table("contracts", .kept("the contract's figures")) {
                "SELECT to_jsonb(t) AS held FROM contracts t WHERE t.uid = \($0.anyUID) ORDER BY t.signed_at, t.id"
            },
            Table("timeline", .blanked) {
                "SELECT to_jsonb(t) AS held FROM timeline t WHERE t.uid = \($0.anyUID) ORDER BY t.position"
            },
            forgotten,
            journal,
        ],
        others: [
            "customer_search": "what a search goes by, made of the customer's own row",
            "teams": "colleagues", "staff": "colleagues", "sign_in_attempts": "digests of colleagues",
            "projects": "projects", "buildings": "projects", "units": "projects",
        ]
    )
}

extension HoldingRoutes<SalesHolder> {
    static func sales(_ app: SalesApp) -> Self {
        HoldingRoutes(.sales, app.spine) { tx, uids in
            try await ForgottenCustomerStore(tx).deals(of: uids).compactMap { UUID(uuidString: $0) }
        }
    }
}
