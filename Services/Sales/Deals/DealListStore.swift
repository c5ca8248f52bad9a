import Contracts
import Foundation
import Postgres

/// A deal on a list, with what is shown of its customer.
struct ListedDeal: Sendable {
    let deal: Deal
    let customerName: String?
    let ownerName: String?
    let unitNumber: String?
    /// When the customer's next action is due.
    let nextAt: Date?
    let holdEndsAt: Date?
}

/// The table `deals`, as lists.
struct DealListStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    /// The deals that `access` sees, the longest in their stage first.
    func list(
        stages: [Deal.Stage],
        isMine: Bool = false,
        search: String? = nil,
        after: (enteredAt: Date, id: UUID)? = nil,
        for access: Access,
        limit: Int = 500
    ) async throws -> [ListedDeal] {
        var condition: SQL = "stage = ANY(\(stages.map(\.rawValue))::text[])"
        if isMine { condition = condition + " AND owner_id = \(access.staffID)" }
        if let search { condition = condition + " AND strpos(lower(title), \(search.lowercased())) > 0" }
        if let after { condition = condition + " AND (stage_entered_at, id) > (\(after.enteredAt), \(after.id))" }
        return try await tx.all(
            Self.listed(where: "\(access.deals) AND \(condition)", limit: limit),
            as: Self.listed
        )
    }

    /// Open deals whose customer has nothing agreed: those are forgotten first.
    func withoutNextAction(for access: Access, limit: Int = 50) async throws -> [ListedDeal] {
        let condition: SQL = """
            \(access.deals) AND stage IN ('first-talk', 'need-confirmed', 'plan-made', 'negotiation')
              AND uid IN (SELECT uid FROM customers WHERE next_at IS NULL)
            """
        return try await tx.all(Self.listed(where: condition, limit: limit), as: Self.listed)
    }

    /// How many contracts were signed since an instant, and their sum in fen.
    func won(since: Date, for access: Access) async throws -> (count: Int, minor: Int64) {
        let row = try await tx.rows(
            """
            SELECT count(*) AS deals, coalesce(sum(c.price_minor), 0)::bigint AS minor
              FROM contracts c
             WHERE c.currency = 'CNY' AND c.signed_at >= \(since)
               AND c.deal_id IN (SELECT id FROM deals WHERE \(access.deals))
            """
        ).first
        guard let row else { return (0, 0) }
        return (try row["deals"], try row["minor"])
    }

    /// When the deal was in which stage, in order.
    func history(_ id: DealID) async throws -> [(stage: String, enteredAt: Date, leftAt: Date?)] {
        try await tx.all("SELECT stage, entered_at, left_at FROM deal_stages WHERE deal_id = \(id) ORDER BY id") {
            row in
            (try row["stage"], try row["entered_at"], try row["left_at"])
        }
    }

    private static func listed(where condition: SQL, limit: Int) -> SQL {
        """
        SELECT d.id, d.uid, d.lead_id, d.title, d.project, d.unit_id, d.expected_minor, d.currency, d.stage,
               d.lost_reason, d.lost_note, d.owner_id, d.team_id, d.opened_at, d.stage_entered_at, c.is_with_service,
               c.name AS customer_name, s.name AS owner_name, u.number AS unit_number, c.next_at, h.expires_at
          FROM (SELECT * FROM deals WHERE \(condition)) d
          JOIN customers c ON c.uid = d.uid
          LEFT JOIN staff s ON s.id = d.owner_id
          LEFT JOIN units u ON u.id = d.unit_id
          LEFT JOIN unit_holds h ON h.unit_id = d.unit_id AND h.deal_id = d.id AND h.ended_at IS NULL
         ORDER BY d.stage_entered_at, d.id LIMIT \(limit)
        """
    }

    private static func listed(_ row: Row) throws -> ListedDeal {
        ListedDeal(
            deal: try DealStore.deal(row),
            customerName: try row["customer_name"],
            ownerName: try row["owner_name"],
            unitNumber: try row["unit_number"],
            nextAt: try row["next_at"],
            holdEndsAt: try row["expires_at"]
        )
    }
}
