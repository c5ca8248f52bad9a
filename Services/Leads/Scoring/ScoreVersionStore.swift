import Contracts
import Foundation
import Messaging
import Policies
import Postgres

/// The SQL of the versions of what was learned that lists go by.
struct ScoreVersionStore: Sendable {
    /// Besides the newest: a page that is just being read may have begun under an older one.
    private static let kept = 3

    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    func newest() async throws -> ScoreVersion? { try await first("") }

    /// The version that a lead goes by.
    func version(of lead: LeadID) async throws -> ScoreVersion? {
        try await first("WHERE through IS NULL OR through >= \(lead)")
    }

    private func first(_ condition: SQL) async throws -> ScoreVersion? {
        try await tx.first(
            """
            SELECT version, policy_version, made_at, speaks, through FROM score_models \(condition)
             ORDER BY version DESC LIMIT 1
            """
        ) { row in
            ScoreVersion(
                number: try row["version"],
                policyVersion: try row["policy_version"],
                madeAt: try row["made_at"],
                speaks: try row["speaks"],
                through: try row["through"]
            )
        }
    }

    /// What a version says; nil of one that is not kept any more.
    func model(_ version: Int) async throws -> ScoreModel? {
        let policy = try await tx.first("SELECT policy FROM score_models WHERE version = \(version)") { row in
            try (row["policy"] as JSONText).decode(ScorePolicy.self)
        }
        guard let policy else { return nil }
        let counts = try await tx.rows(
            "SELECT factor, value, won, lost FROM score_model_counts WHERE version = \(version)"
        )
        return try ScoreModel(counts, policy)
    }

    /// Whether other things have been learned since a version was made, or they are read otherwise.
    func isOutdated(_ version: ScoreVersion) async throws -> Bool {
        if try await PolicyStore(tx).current(ScorePolicy.self).version != version.policyVersion { return true }
        return try await tx.first(
            """
            WITH now AS (SELECT factor, value, won, lost FROM score_counts WHERE won + lost > 0),
                 told AS (SELECT factor, value, won, lost FROM score_model_counts WHERE version = \(version.number))
            SELECT EXISTS ((TABLE now EXCEPT TABLE told) UNION ALL (TABLE told EXCEPT TABLE now)) AS outdated
            """
        ) { try $0["outdated"] } ?? false
    }

    func add(_ version: ScoreVersion, _ model: ScoreModel) throws {
        let counts =
            [(factor: "", value: "", count: model.total)]
            + model.counts.flatMap { factor, values in
                values.map { (factor: factor.rawValue, value: $0.key, count: $0.value) }
            }
        try tx.later("DELETE FROM score_models WHERE version < \(version.number - Self.kept)")
        try tx.later(
            """
            INSERT INTO score_models (version, policy_version, policy, made_at, speaks, through)
            VALUES (\(version.number), \(version.policyVersion), \(try JSONText(wire: model.policy)), \(version.madeAt),
                    \(version.speaks), \(version.through))
            """
        )
        try tx.later(
            """
            INSERT INTO score_model_counts (version, factor, value, won, lost)
            SELECT \(version.number), factor, value, won, lost
              FROM unnest(\(counts.map(\.factor))::text[], \(counts.map(\.value))::text[],
                          \(counts.map(\.count.won))::bigint[], \(counts.map(\.count.lost))::bigint[])
                   AS t (factor, value, won, lost)
            """
        )
    }

    func carry(_ version: ScoreVersion) throws {
        try tx.later("UPDATE score_models SET through = \(version.through) WHERE version = \(version.number)")
    }
}
