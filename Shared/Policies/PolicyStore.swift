public import Foundation
import Messaging
public import Postgres

/// The SQL of policies, each service's in the table `policies` of its own schema.
public struct PolicyStore: Sendable {
    /// One change of a policy.
    public struct Entry: Sendable {
        let policy: String
        let version: Int
        let values: [String: Double]
        let changedBy: String
        let changedAt: Date
        let note: String?

        public init(
            policy: String,
            version: Int,
            values: [String: Double],
            changedBy: String,
            changedAt: Date,
            note: String?
        ) {
            self.policy = policy
            self.version = version
            self.values = values
            self.changedBy = changedBy
            self.changedAt = changedAt
            self.note = note
        }
    }

    /// The newest version of every policy that was changed: for those who read it together with other things.
    public static let newest: SQL = """
        SELECT DISTINCT ON (name) name, version::bigint AS version, value FROM policies ORDER BY name, version DESC
        """

    let tx: Transaction

    public init(_ tx: Transaction) { self.tx = tx }

    /// A policy as it is now; version 1 is as it was delivered.
    public func current<P: Policy>(_ policy: P.Type) async throws -> Versioned<P> {
        let found = try await tx.first(
            """
            SELECT version::bigint AS version, value FROM policies WHERE name = \(P.name) ORDER BY version DESC LIMIT 1
            """
        ) { row in
            let stored: JSONText = try row["value"]
            return Versioned(value: P(try stored.decode([String: Double].self)), version: try row["version"])
        }
        return found ?? Versioned(value: P.standard, version: 1)
    }

    /// All policies as they are now.
    public func all() async throws -> PolicySet { try PolicySet(try await tx.rows(Self.newest)) }

    /// The changes of one policy, or of all, newest first.
    func history(of policy: String? = nil, limit: Int) async throws -> [Entry] {
        let condition: SQL = policy.map { "WHERE name = \($0)" } ?? ""
        return try await tx.all(
            """
            SELECT name, version::bigint AS version, value, changed_by, changed_at, note
              FROM policies \(condition) ORDER BY changed_at DESC, name, version DESC LIMIT \(limit)
            """
        ) { row in
            let stored: JSONText = try row["value"]
            return Entry(
                policy: try row["name"],
                version: try row["version"],
                values: try stored.decode(),
                changedBy: try row["changed_by"],
                changedAt: try row["changed_at"],
                note: try row["note"]
            )
        }
    }

    /// Lets nobody else change policies until the transaction ends; who reads them is not held up.
    public func lock() async throws { try await tx.execute("LOCK TABLE policies IN SHARE ROW EXCLUSIVE MODE") }

    public func add(_ entry: Entry) async throws {
        try tx.later(
            """
            INSERT INTO policies (name, version, value, changed_by, changed_at, note)
            VALUES (\(entry.policy), \(entry.version)::integer, \(try JSONText(wire: entry.values)),
                    \(entry.changedBy), \(entry.changedAt), \(entry.note))
            """
        )
    }
}

/// All policies as they are at one moment.
public struct PolicySet: Sendable {
    private let changed: [String: Versioned<[String: Double]>]

    /// Nothing was changed.
    public init() { changed = [:] }

    /// The rows of ``PolicyStore/newest``.
    public init(_ rows: [Row]) throws {
        let found = try rows.map { row in
            let stored: JSONText = try row["value"]
            let values = try stored.decode([String: Double].self)
            return (try row["name"] as String, Versioned(value: values, version: try row["version"] as Int))
        }
        changed = Dictionary(found) { first, _ in first }
    }

    public func current<P: Policy>(_ policy: P.Type) -> Versioned<P> {
        guard let found = changed[P.name] else { return Versioned(value: P.standard, version: 1) }
        return Versioned(value: P(found.value), version: found.version)
    }

    func current(_ policy: PolicyDescription) -> Versioned<[String: Double]> {
        guard let found = changed[policy.name] else { return Versioned(value: policy.standard, version: 1) }
        return Versioned(value: policy.standard.merging(found.value) { $1 }, version: found.version)
    }
}
