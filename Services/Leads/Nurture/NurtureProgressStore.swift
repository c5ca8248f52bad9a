import Contracts
import Foundation
import Postgres

/// The SQL of how far people have come.
struct NurtureProgressStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    /// So many people of a sequence are in the same place.
    struct Place: Sendable {
        let version: Int
        let state: Enrolment.State
        let stepsDone: Int
        let reason: String?
        let count: Int
    }

    func places(of id: SequenceID) async throws -> [Place] {
        try await tx.all(
            """
            SELECT version::bigint AS version, state, steps_done::bigint AS steps_done, reason, count(*) AS count
              FROM nurture_enrolments WHERE sequence_id = \(id) GROUP BY 1, 2, 3, 4
            """
        ) { row in
            Place(
                version: try row["version"],
                state: Enrolment.State(rawValue: try row["state"]) ?? .exited,
                stepsDone: try row["steps_done"],
                reason: try row["reason"],
                count: try row["count"]
            )
        }
    }

    /// How often each step of a version was sent.
    func sent(of id: SequenceID, version: Int) async throws -> [Int: Int] {
        let rows = try await tx.all(
            """
            SELECT step::bigint AS step, count FROM nurture_sent
             WHERE sequence_id = \(id) AND version = \(version)::bigint
            """
        ) { (try $0["step"] as Int, try $0["count"] as Int) }
        return Dictionary(rows) { first, _ in first }
    }

    /// How many people of each sequence are in which state, and steps that were sent.
    func totals() async throws -> [SequenceID: [String: Int]] {
        let rows = try await tx.all(
            """
            SELECT sequence_id, state AS what, count(*) AS count FROM nurture_enrolments GROUP BY 1, 2
            UNION ALL
            SELECT sequence_id, 'sent', sum(count)::bigint FROM nurture_sent GROUP BY 1
            """
        ) { (try $0["sequence_id"] as SequenceID, try $0["what"] as String, try $0["count"] as Int) }
        return rows.reduce(into: [:]) { $0[$1.0, default: [:]][$1.1] = $1.2 }
    }
}
