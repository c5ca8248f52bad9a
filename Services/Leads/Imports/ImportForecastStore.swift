import Contracts
import Foundation
import Messaging
import Postgres

/// The SQL of what a dry run has to know.
struct ImportForecastStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    /// The open leads of the persons who have these identifiers; nothing is locked.
    func openLeads(of identifiers: Set<PersonIdentifier>) async throws -> [PersonIdentifier: LeadID] {
        let sorted = identifiers.sorted()
        let rows = try await tx.all(
            """
            SELECT i.kind, i.value, l.id
              FROM unnest(\(sorted.map(\.kind.rawValue))::text[], \(sorted.map(\.value))::text[]) AS t (kind, value)
              JOIN identifiers i ON i.kind = t.kind AND i.value = t.value
              JOIN leads l ON l.uid = i.uid AND l.status IN ('open', 'contacted')
            """
        ) { row in
            let kind = PersonIdentifier.Kind(rawValue: try row["kind"]) ?? .wechat
            return (PersonIdentifier(kind: kind, value: try row["value"]), try row["id"] as LeadID)
        }
        return Dictionary(rows) { first, _ in first }
    }

    /// Which rows of the file have left these marks.
    func marks(_ marks: Set<String>, of file: UUID) async throws -> [String: Int64] {
        let found = try await tx.all(
            """
            SELECT mark, number FROM import_marks WHERE import_id = \(file) AND mark = ANY(\(Array(marks))::text[])
            """
        ) { (try $0["mark"] as String, try $0["number"] as Int64) }
        return Dictionary(found) { first, _ in first }
    }

    func add(_ marks: [String: Int64], of file: UUID) async throws {
        let sorted = marks.sorted { $0.key < $1.key }
        try tx.later(
            """
            INSERT INTO import_marks (import_id, mark, number)
            SELECT \(file), mark, number
              FROM unnest(\(sorted.map(\.key))::text[], \(sorted.map(\.value))::bigint[]) AS t (mark, number)
            ON CONFLICT DO NOTHING
            """
        )
    }

    /// What became of submissions: the part of the ledger that an import notes of its rows.
    func outcomes(of submissions: [UUID]) async throws -> [UUID: ImportOutcome] {
        let rows = try await tx.all(
            """
            SELECT id, outcome, reason, field, lead_id FROM submissions WHERE id = ANY(\(submissions)::uuid[])
            """
        ) { row in
            let outcome = ImportOutcome(
                outcome: try row["outcome"],
                reason: try row["reason"],
                field: try row["field"],
                leadID: try row["lead_id"]
            )
            return (try row["id"] as UUID, outcome)
        }
        return Dictionary(rows) { first, _ in first }
    }

    /// Those of the leads that somebody has given to an agent or a pool, or taken, by hand; what the rules did for whoever
    /// made room is nobody's hand.
    func givenByHand(_ leads: [LeadID]) async throws -> Set<LeadID> {
        let found: [LeadID] = try await tx.all(
            """
            SELECT DISTINCT lead_id FROM decisions
             WHERE lead_id = ANY(\(leads.map(\.uuid))::uuid[]) AND kind = 'assign' AND actor LIKE 'staff:%'
               AND why ->> 'rule' IN ('assign.by-hand', 'assign.pool-by-hand', 'assign.claim', 'assign.contact',
                                      'assign.deal', 'assign.reopened')
            """
        ) { try $0["lead_id"] }
        return Set(found)
    }
}

/// What the ledger says of a row.
struct ImportOutcome: Sendable, Equatable {
    let outcome: String
    let reason: String?
    let field: String?
    let leadID: LeadID?

    var verdict: ImportVerdict {
        switch outcome {
        case "accepted": .new
        case "merged": .joined
        case "duplicate": .duplicate
        default: .rejected
        }
    }
}
