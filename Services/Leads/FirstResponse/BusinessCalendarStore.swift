import Contracts
import Foundation
import Messaging
import Policies
import Postgres

/// The SQL of when the office is open.
struct BusinessCalendarStore: Sendable {
    /// A version of the calendar; version 1 is as it was delivered.
    struct Version: Sendable {
        let version: Int
        let calendar: BusinessCalendar
        let changedBy: String
        let changedAt: Date
        let note: String?
    }

    /// The version in force: for those who read it together with other things.
    static let newest: SQL = """
        SELECT version::bigint AS version, value, changed_by, changed_at, note
          FROM business_calendars ORDER BY version DESC LIMIT 1
        """

    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    func current() async throws -> Versioned<BusinessCalendar> { try Self.current(try await tx.rows(Self.newest)) }

    static func current(_ rows: [Row]) throws -> Versioned<BusinessCalendar> {
        let found = try rows.first.map(version(row:))
        return Versioned(value: found?.calendar ?? .standard, version: found?.version ?? 1)
    }

    /// The changes, newest first.
    func history(limit: Int) async throws -> [Version] {
        try await tx.all(
            """
            SELECT version::bigint AS version, value, changed_by, changed_at, note
              FROM business_calendars ORDER BY version DESC LIMIT \(limit)
            """,
            as: Self.version(row:)
        )
    }

    private static func version(row: Row) throws -> Version {
        let stored: JSONText = try row["value"]
        return Version(
            version: try row["version"],
            calendar: try stored.decode(),
            changedBy: try row["changed_by"],
            changedAt: try row["changed_at"],
            note: try row["note"]
        )
    }

    func lock() async throws { try await tx.execute("LOCK TABLE business_calendars IN SHARE ROW EXCLUSIVE MODE") }

    func add(_ version: Version) async throws {
        try tx.later(
            """
            INSERT INTO business_calendars (version, value, changed_by, changed_at, note)
            VALUES (\(version.version)::bigint, \(try JSONText(wire: version.calendar)), \(version.changedBy),
                    \(version.changedAt), \(version.note))
            """
        )
    }
}
