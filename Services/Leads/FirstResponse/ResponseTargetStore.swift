import Contracts
import Foundation
import Postgres

/// By when somebody must have spoken with the person of a lead, and when the ladder goes on, in seconds.
struct ResponseTarget: Sendable, Equatable {
    var respondWithin: Double
    /// From the reminder to the next agent.
    var reassignAfter: Double
    /// From the next agent to the manager.
    var managerAfter: Double
    var version: Int

    static let timerKind = "leads.first-response"
}

/// The targets of all grades.
struct ResponseTargets: Sendable {
    let byGrade: [String: ResponseTarget]

    subscript(grade: Grade) -> ResponseTarget {
        byGrade[grade.rawValue]
            ?? ResponseTarget(respondWithin: 7_200, reassignAfter: 300, managerAfter: 300, version: 0)
    }

    static func load(_ tx: Transaction) async throws -> ResponseTargets {
        let rows = try await tx.all(
            """
            SELECT grade, respond_within::float8 AS respond_within, reassign_after::float8 AS reassign_after,
                   manager_after::float8 AS manager_after, version::bigint AS version
              FROM response_targets
            """
        ) { row in
            let target = ResponseTarget(
                respondWithin: try row["respond_within"],
                reassignAfter: try row["reassign_after"],
                managerAfter: try row["manager_after"],
                version: try row["version"]
            )
            return (try row["grade"] as String, target)
        }
        return ResponseTargets(byGrade: Dictionary(rows) { first, _ in first })
    }
}
