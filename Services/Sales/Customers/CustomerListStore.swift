import Contracts
import Foundation
import Postgres

/// The table `customers`, as lists.
struct CustomerListStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    /// The customers that a query asks for and `access` sees, the most active first.
    func list(_ query: CustomerQuery, for access: Access, now: Date) async throws -> [Customer] {
        let after: SQL
        if let place = query.after {
            after = "(active_at, uid) < (\(place.activeAt), \(place.uid))"
        } else {
            after = "true"
        }
        let found = try await CustomerSearchStore(tx).condition(query.search)
        return try await tx.all(
            CustomerStore.columns
                + " WHERE \(access.customers) AND \(Self.condition(query, access, now)) AND \(found) AND \(after)"
                + " ORDER BY active_at DESC, uid DESC LIMIT \(query.limit)",
            as: CustomerStore.customer
        )
    }

    /// How many customers have something overdue.
    func overdue(for access: Access, now: Date) async throws -> Int {
        let count = try await tx.first(
            "SELECT count(*) AS customers FROM customers WHERE \(access.customers) AND \(Self.due(before: now))"
        ) { try $0["customers"] as Int }
        return count ?? 0
    }

    /// What is due before an instant, the most overdue first.
    func due(before instant: Date, for access: Access, limit: Int = 100) async throws -> [Customer] {
        try await tx.all(
            CustomerStore.columns
                + """
                 WHERE \(access.customers) AND \(Self.due(before: instant))
                 ORDER BY coalesce(next_at, first_response_due_at), uid LIMIT \(limit)
                """,
            as: CustomerStore.customer
        )
    }

    private static func condition(_ query: CustomerQuery, _ access: Access, _ now: Date) -> SQL {
        var condition: SQL = "true"
        switch query.whose {
        case .mine: condition = condition + " AND owner_id = \(access.staffID)"
        case .team: condition = condition + " AND team_id = \(access.teamID)"
        case .all: break
        }
        if let grade = query.grade { condition = condition + " AND grade = \(grade)" }
        if let stage = query.stage { condition = condition + " AND stage = \(stage.rawValue)" }
        if query.isOverdue { condition = condition + " AND \(due(before: now))" }
        return condition
    }

    /// What was agreed for before that instant, or the first answer; who is lost is owed nothing.
    private static func due(before instant: Date) -> SQL {
        """
        (stage NOT IN ('lost', 'discarded')
         AND (next_at < \(instant) OR (next_at IS NULL AND stage = 'enquiry' AND last_contact_at IS NULL
                                       AND first_response_due_at < \(instant))))
        """
    }
}
