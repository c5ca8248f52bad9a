import Contracts
import Foundation
import Messaging
import Postgres

/// The SQL of decisions: each with what it was made from, so that it can be made again.
struct DecisionStore: Sendable {
    struct Entry: Sendable {
        let leadID: LeadID
        /// `grade`, `assign` or `response`.
        let kind: String
        let outcome: String
        let why: JSONText

        init(leadID: LeadID, kind: String, outcome: String, why: Why) throws {
            self.init(leadID: leadID, kind: kind, outcome: outcome, why: try JSONText(wire: why))
        }

        init(leadID: LeadID, kind: String, outcome: String, why: JSONText) {
            self.leadID = leadID
            self.kind = kind
            self.outcome = outcome
            self.why = why
        }
    }

    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    func insert(_ entries: [Entry], actor: String, now: Date) async throws {
        guard !entries.isEmpty else { return }
        try tx.later(
            """
            INSERT INTO decisions (lead_id, kind, outcome, why, actor, decided_at)
            SELECT lead_id, kind, outcome, why, \(actor), \(now)
              FROM unnest(\(entries.map(\.leadID.uuid))::uuid[], \(entries.map(\.kind))::text[],
                          \(entries.map(\.outcome))::text[], \(entries.map(\.why))::jsonb[])
                   AS t (lead_id, kind, outcome, why)
            """
        )
    }
}

extension Assignment {
    /// In one word: `staff:<id>` or `pool:<name>`.
    var outcome: String { ownerID.map { "staff:\($0)" } ?? "pool:\(pool ?? Assignment.mainPool)" }
}
