import Contracts
import Foundation
import Messaging
import Postgres

/// The SQL of rule sets: every version, and what somebody is working on.
struct RuleSetStore: Sendable {
    /// A version of the rules.
    struct Version: Sendable {
        let version: Int
        let set: RuleSet
        let changedBy: String
        let changedAt: Date
        let note: String?
    }

    /// What somebody is working on: the rules as they want them, and the version that they began with.
    struct Draft: Sendable, Equatable {
        var baseVersion: Int
        var set: RuleSet
    }

    /// The version that is in force: for those who read it together with other things.
    static let newest: SQL = """
        SELECT version::bigint AS version, rules, changed_by, changed_at, note
          FROM rule_sets ORDER BY version DESC LIMIT 1
        """

    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    func current() async throws -> Version {
        try await tx.first(Self.newest, as: Self.version(row:))
            ?? Version(version: 0, set: RuleSet([]), changedBy: "system", changedAt: .distantPast, note: nil)
    }

    func find(_ version: Int) async throws -> Version? {
        try await tx.first(
            """
            SELECT version::bigint AS version, rules, changed_by, changed_at, note
              FROM rule_sets WHERE version = \(version)::bigint
            """,
            as: Self.version(row:)
        )
    }

    /// The versions, newest first.
    func history(limit: Int) async throws -> [Version] {
        try await tx.all(
            """
            SELECT version::bigint AS version, rules, changed_by, changed_at, note
              FROM rule_sets ORDER BY version DESC LIMIT \(limit)
            """,
            as: Self.version(row:)
        )
    }

    static func version(row: Row) throws -> Version {
        let rules: JSONText = try row["rules"]
        return Version(
            version: try row["version"],
            set: try rules.decode(),
            changedBy: try row["changed_by"],
            changedAt: try row["changed_at"],
            note: try row["note"]
        )
    }

    /// Lets nobody else switch on rules until the transaction ends; who reads them is not held up.
    func lock() async throws { try await tx.execute("LOCK TABLE rule_sets IN SHARE ROW EXCLUSIVE MODE") }

    func add(_ version: Version) async throws {
        try tx.later(
            """
            INSERT INTO rule_sets (version, rules, changed_by, changed_at, note)
            VALUES (\(version.version)::bigint, \(try JSONText(wire: version.set)), \(version.changedBy),
                    \(version.changedAt), \(version.note))
            """
        )
    }

    func draft(of staff: StaffID) async throws -> Draft? {
        try await tx.first(
            "SELECT base_version::bigint AS base_version, rules FROM rule_drafts WHERE staff_id = \(staff)"
        ) { row in
            let rules: JSONText = try row["rules"]
            return Draft(baseVersion: try row["base_version"], set: try rules.decode())
        }
    }

    func keep(_ draft: Draft, of staff: StaffID, at now: Date) async throws {
        try tx.later(
            """
            INSERT INTO rule_drafts (staff_id, base_version, rules, changed_at)
            VALUES (\(staff), \(draft.baseVersion)::bigint, \(try JSONText(wire: draft.set)), \(now))
            ON CONFLICT (staff_id) DO UPDATE
               SET base_version = EXCLUDED.base_version, rules = EXCLUDED.rules, changed_at = EXCLUDED.changed_at
            """
        )
    }

    func dropDraft(of staff: StaffID) async throws {
        try tx.later("DELETE FROM rule_drafts WHERE staff_id = \(staff)")
    }
}
