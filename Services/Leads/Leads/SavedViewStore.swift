import Contracts
import Foundation
import Messaging
import Postgres

/// A list that somebody comes back to.
struct SavedView: Sendable, Equatable {
    let name: String
    /// What its address says: `?status=open`.
    let query: String
}

/// The SQL of what people's lists show.
struct SavedViewStore: Sendable {
    /// As many as fit beside the others.
    static let most = 12

    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    func of(_ staff: StaffID) async throws -> [SavedView] {
        try await tx.all(
            """
            SELECT name, query FROM lead_views WHERE staff_id = \(staff) ORDER BY created_at, name LIMIT \(Self.most)
            """
        ) { SavedView(name: try $0["name"], query: try $0["query"]) }
    }

    func save(_ view: SavedView, of staff: StaffID, now: Date) async throws {
        try await tx.execute(
            """
            INSERT INTO lead_views (staff_id, name, query, created_at)
            VALUES (\(staff), \(view.name), \(view.query), \(now))
            ON CONFLICT (staff_id, name) DO UPDATE SET query = EXCLUDED.query
            """
        )
    }

    func remove(_ name: String, of staff: StaffID) async throws {
        try await tx.execute("DELETE FROM lead_views WHERE staff_id = \(staff) AND name = \(name)")
    }

    /// The campaigns and projects that leads have come with: a jump through the index for each, not a look at every lead.
    func places() async throws -> (campaigns: [String], projects: [String]) {
        let campaigns: [String] = try await tx.all(
            """
            WITH RECURSIVE seen AS (
                (SELECT campaign AS name FROM leads WHERE campaign IS NOT NULL ORDER BY campaign LIMIT 1)
                UNION ALL
                SELECT (SELECT campaign FROM leads WHERE campaign > seen.name ORDER BY campaign LIMIT 1)
                  FROM seen WHERE seen.name IS NOT NULL
            )
            SELECT name FROM seen WHERE name IS NOT NULL LIMIT 100
            """
        ) { try $0["name"] }
        let projects: [String] = try await tx.all(
            """
            WITH RECURSIVE seen AS (
                (SELECT project AS name FROM leads WHERE project IS NOT NULL ORDER BY project LIMIT 1)
                UNION ALL
                SELECT (SELECT project FROM leads WHERE project > seen.name ORDER BY project LIMIT 1)
                  FROM seen WHERE seen.name IS NOT NULL
            )
            SELECT name FROM seen WHERE name IS NOT NULL LIMIT 100
            """
        ) { try $0["name"] }
        return (campaigns, projects)
    }
}
