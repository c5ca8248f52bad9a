import Contracts
import Foundation
import Messaging
import Postgres

/// The SQL of decisions: each with what it was made from, so that it can be made again.
struct DecisionStore: Sendable {
    struct Entry: Sendable {
        let leadID: LeadID
        /// `grade`, `assign`, `response`, `reopen` or `follow-up`.
        let kind: String
        let outcome: String
        let why: JSONText
        /// What it was decided from, where it can be decided once more.
        let basis: Assignment.Basis?

        init(leadID: LeadID, kind: String, outcome: String, why: Why) throws {
            self.init(leadID: leadID, kind: kind, outcome: outcome, why: try JSONText(wire: why))
        }

        /// Who has a lead, or which pool.
        init(leadID: LeadID, _ assignment: Assignment) throws {
            self.init(
                leadID: leadID,
                kind: "assign",
                outcome: assignment.outcome,
                why: try JSONText(wire: assignment.why),
                basis: assignment.basis
            )
        }

        init(leadID: LeadID, kind: String, outcome: String, why: JSONText, basis: Assignment.Basis? = nil) {
            self.leadID = leadID
            self.kind = kind
            self.outcome = outcome
            self.why = why
            self.basis = basis
        }
    }

    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    func insert(_ entries: [Entry], actor: String, now: Date) async throws {
        guard !entries.isEmpty else { return }
        try tx.later(
            """
            INSERT INTO decisions (lead_id, kind, outcome, why, actor, decided_at, roster_id, ordinal, question)
            SELECT lead_id, kind, outcome, why, \(actor), \(now), roster_id, ordinal, question
              FROM unnest(\(entries.map(\.leadID.uuid))::uuid[], \(entries.map(\.kind))::text[],
                          \(entries.map(\.outcome))::text[], \(entries.map(\.why))::jsonb[],
                          \(entries.map(\.basis?.rosterID))::uuid[], \(entries.map(\.basis?.ordinal))::bigint[],
                          \(try entries.map { try $0.basis.map { try JSONText(wire: $0.question) } })::jsonb[])
                   AS t (lead_id, kind, outcome, why, roster_id, ordinal, question)
            """
        )
    }
}

extension Assignment {
    /// In one word: `staff:<id>` or `pool:<name>`.
    var outcome: String { ownerID.map { "staff:\($0)" } ?? "pool:\(pool ?? Assignment.mainPool)" }
}
