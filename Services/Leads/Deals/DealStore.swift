import Contracts
import Foundation
import Messaging
import Postgres

/// The SQL of what Sales says of deals.
struct DealStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    /// Takes in what was said.
    /// - Returns: the deal as it is known now.
    func note(_ news: DealNews, at now: Date) async throws -> DealFact? {
        try await tx.first(
            """
            INSERT INTO deal_facts AS d
                   (deal_id, origin, lead_id, project, outcome, contract_id, minor, currency, won_at, sequence, noted_at)
            VALUES (\(news.id), coalesce((SELECT coalesce(origin, uid) FROM leads WHERE id = \(news.leadID)), \(news.uid)),
                    \(news.leadID), \(news.project), \((news.outcome ?? .open).rawValue), \(news.contractID),
                    \(news.price?.minor), \(news.price?.currency), \(news.wonAt), \(news.sequence), \(now))
            ON CONFLICT (deal_id) DO UPDATE
               SET origin = CASE WHEN d.lead_id IS NULL AND EXCLUDED.lead_id IS NOT NULL
                                 THEN EXCLUDED.origin ELSE d.origin END,
                   lead_id = coalesce(d.lead_id, EXCLUDED.lead_id),
                   project = CASE WHEN EXCLUDED.contract_id IS NOT NULL
                                  THEN coalesce(EXCLUDED.project, d.project)
                                  ELSE coalesce(d.project, EXCLUDED.project) END,
                   contract_id = coalesce(EXCLUDED.contract_id, d.contract_id),
                   outcome = CASE WHEN EXCLUDED.sequence >= d.sequence THEN EXCLUDED.outcome ELSE d.outcome END,
                   minor = coalesce(EXCLUDED.minor, d.minor), currency = coalesce(EXCLUDED.currency, d.currency),
                   won_at = coalesce(EXCLUDED.won_at, d.won_at),
                   sequence = greatest(d.sequence, EXCLUDED.sequence)
            RETURNING deal_id, origin, lead_id, project, outcome, contract_id, minor, currency, won_at, noted_at
            """,
            as: DealFact.init(row:)
        )
    }

    /// Of these persons, with whom a deal is under way.
    func underWay(with persons: some Collection<UID>) async throws -> Set<UID> {
        guard !persons.isEmpty else { return [] }
        let found: [UID] = try await tx.all(
            """
            SELECT p.uid FROM unnest(\(persons.map(\.uuid))::uuid[]) AS p (uid)
             WHERE EXISTS (SELECT FROM deal_facts d
                            WHERE d.outcome = 'open'
                              AND d.origin = ANY(ARRAY(SELECT a.uid FROM aliases a WHERE a.survivor = p.uid) || p.uid))
            """
        ) { try $0["uid"] }
        return Set(found)
    }

    /// The deals of persons, by the UIDs that are theirs; in the order in which they were won.
    func of(_ members: some Collection<UID>) async throws -> [DealFact] {
        try await tx.all(
            """
            SELECT deal_id, origin, lead_id, project, outcome, contract_id, minor, currency, won_at, noted_at
              FROM deal_facts WHERE origin = ANY(\(members.map(\.uuid))::uuid[]) ORDER BY won_at, deal_id
            """,
            as: DealFact.init(row:)
        )
    }
}

extension DealFact {
    fileprivate init(row: Row) throws {
        let minor: Int64? = try row["minor"]
        let currency: String? = try row["currency"]
        self.init(
            id: try row["deal_id"],
            origin: try row["origin"],
            leadID: try row["lead_id"],
            project: try row["project"],
            outcome: Outcome(rawValue: try row["outcome"]) ?? .open,
            contractID: try row["contract_id"],
            price: minor.flatMap { minor in currency.map { Money(minor: minor, currency: $0) } },
            wonAt: try row["won_at"],
            notedAt: try row["noted_at"]
        )
    }
}
