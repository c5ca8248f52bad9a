import Contracts
import Foundation
import Messaging
import Postgres

/// The SQL of what becomes of the rows of files.
struct ImportRowStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    /// Forgets what an earlier check found.
    func clear(_ file: UUID) async throws {
        try tx.later("DELETE FROM import_rows WHERE import_id = \(file)")
        try await clearMarks(file)
    }

    func clearMarks(_ file: UUID) async throws {
        try tx.later("DELETE FROM import_marks WHERE import_id = \(file)")
    }

    /// Notes what rows would come to.
    func forecast(_ rows: [ImportRow], of file: UUID) async throws {
        try tx.later(
            """
            INSERT INTO import_rows (import_id, number, forecast, reason, field, same_as, lead_id)
            SELECT \(file), number, verdict, reason, field, same_as, lead_id
              FROM unnest(\(rows.map(\.number))::bigint[], \(rows.map(\.verdict.rawValue))::text[],
                          \(rows.map(\.reason))::text[], \(rows.map(\.field))::text[], \(rows.map(\.sameAs))::bigint[],
                          \(rows.map { $0.leadID?.uuid })::uuid[])
                   AS t (number, verdict, reason, field, same_as, lead_id)
            ON CONFLICT (import_id, number) DO UPDATE
               SET forecast = EXCLUDED.forecast, reason = EXCLUDED.reason, field = EXCLUDED.field,
                   same_as = EXCLUDED.same_as, lead_id = EXCLUDED.lead_id
            """
        )
    }

    /// Notes what rows came to.
    func save(_ rows: [ImportRow], of file: UUID) async throws {
        try tx.later(
            """
            INSERT INTO import_rows (import_id, number, verdict, reason, field, submission_id, lead_id)
            SELECT \(file), number, verdict, reason, field, submission_id, lead_id
              FROM unnest(\(rows.map(\.number))::bigint[], \(rows.map(\.verdict.rawValue))::text[],
                          \(rows.map(\.reason))::text[], \(rows.map(\.field))::text[],
                          \(rows.map(\.submissionID))::uuid[], \(rows.map { $0.leadID?.uuid })::uuid[])
                   AS t (number, verdict, reason, field, submission_id, lead_id)
            ON CONFLICT (import_id, number) DO UPDATE
               SET verdict = EXCLUDED.verdict, reason = EXCLUDED.reason, field = EXCLUDED.field,
                   submission_id = EXCLUDED.submission_id, lead_id = EXCLUDED.lead_id
            """
        )
    }

    /// Leads that the import has made, by their row, after one of its rows.
    func made(by file: UUID, after row: Int64, limit: Int) async throws -> [(number: Int64, lead: LeadID)] {
        try await tx.all(
            """
            SELECT number, lead_id FROM import_rows
             WHERE import_id = \(file) AND number > \(row) AND verdict = 'new' AND lead_id IS NOT NULL
             ORDER BY number LIMIT \(limit)
            """
        ) { (number: try $0["number"], lead: try $0["lead_id"]) }
    }

    /// How many rows of the file have joined each of its leads.
    func joins(of leads: [LeadID], in file: UUID) async throws -> [LeadID: Int] {
        let counts = try await tx.all(
            """
            SELECT lead_id, count(*) AS count FROM import_rows
             WHERE import_id = \(file) AND verdict = 'joined' AND lead_id = ANY(\(leads.map(\.uuid))::uuid[]) GROUP BY 1
            """
        ) { (try $0["lead_id"] as LeadID, try $0["count"] as Int) }
        return Dictionary(counts) { first, _ in first }
    }

    func note(_ undone: [(number: Int64, verdict: UndoVerdict)], of file: UUID) async throws {
        try tx.later(
            """
            UPDATE import_rows r SET undo = t.undo
              FROM unnest(\(undone.map(\.number))::bigint[], \(undone.map(\.verdict.rawValue))::text[]) AS t (number, undo)
             WHERE r.import_id = \(file) AND r.number = t.number
            """
        )
    }

    /// Rows in the order of the file: all, or those of one verdict, or those that an undo left.
    func list(
        of file: UUID,
        _ wanted: ImportRowFilter,
        after row: Int64,
        limit: Int
    ) async throws -> [ImportRowView] {
        let condition: SQL =
            switch wanted {
            case .all: "true"
            case .verdict(let verdict): "coalesce(verdict, forecast) = \(verdict.rawValue)"
            case .left: "undo <> 'discarded'"
            }
        return try await tx.all(
            """
            SELECT number, forecast, verdict, reason, field, same_as, submission_id, lead_id, undo, withdrawn
              FROM import_rows WHERE import_id = \(file) AND number > \(row) AND \(condition)
             ORDER BY number LIMIT \(limit)
            """
        ) { row in
            let verdict: String? = try row["verdict"]
            let forecast: String? = try row["forecast"]
            let undo: String? = try row["undo"]
            return ImportRowView(
                row: ImportRow(
                    number: try row["number"],
                    verdict: ImportVerdict(rawValue: verdict ?? forecast ?? "") ?? .rejected,
                    reason: try row["reason"],
                    field: try row["field"],
                    sameAs: try row["same_as"],
                    submissionID: try row["submission_id"],
                    leadID: try row["lead_id"]
                ),
                isFinal: verdict != nil,
                undo: undo.flatMap { UndoVerdict(rawValue: $0) },
                isWithdrawn: try row["withdrawn"]
            )
        }
    }
}

/// Which rows of a file are shown.
enum ImportRowFilter: Sendable, Equatable {
    case all
    case verdict(ImportVerdict)
    /// Leads that an undo left, since somebody had worked on them.
    case left
}
