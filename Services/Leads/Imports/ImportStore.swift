import Contracts
import Failures
import Foundation
import Messaging
import Postgres

/// The SQL of imports.
struct ImportStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    func find(_ id: UUID) async throws -> Import? { try await imports("WHERE id = \(id)").first }

    /// The import, locked.
    /// - Throws: a ``Rejection`` when there is none.
    func locked(_ id: UUID) async throws -> Import {
        guard let found = try await imports("WHERE id = \(id) FOR UPDATE").first else {
            throw Rejection.notFound("import", id.wire)
        }
        return found
    }

    /// One that has something to do and that nobody else is just doing it for, locked: the one that has waited longest.
    func nextUnderWay() async throws -> Import? {
        try await imports(
            """
            WHERE status IN ('checking', 'running', 'undoing') ORDER BY changed_at LIMIT 1 FOR UPDATE SKIP LOCKED
            """
        ).first
    }

    /// Newest first.
    func list(after: (time: Date, id: UUID)?, limit: Int) async throws -> [Import] {
        let place: SQL = after.map { "(created_at, id) < (\($0.time), \($0.id))" } ?? "true"
        return try await imports(
            "WHERE status <> 'uploading' AND header <> '{}' AND \(place) ORDER BY created_at DESC, id DESC LIMIT \(limit)"
        )
    }

    /// An earlier import of the same file that took effect.
    func twin(of other: Import) async throws -> Import? {
        try await imports(
            """
            WHERE digest = \(other.digest) AND id <> \(other.id) AND status IN ('running', 'paused', 'done')
            ORDER BY created_at DESC LIMIT 1
            """
        ).first
    }

    func insert(_ new: Import) async throws {
        try await tx.execute(
            """
            INSERT INTO imports (id, name, status, channel, created_by, created_at, ordered_by, changed_at)
            VALUES (\(new.id), \(new.name), \(new.status.rawValue), \(new.channel), \(new.createdBy), \(new.createdAt),
                    \(new.orderedBy), \(new.changedAt))
            """
        )
    }

    /// Removes an upload that came to nothing.
    func forget(_ id: UUID) async throws {
        try await ImportFileStore(tx).remove(id)
        try tx.later("DELETE FROM imports WHERE id = \(id) AND status = 'uploading'")
    }

    /// Gives up what nobody has gone on with since a time.
    func giveUp(idleSince time: Date, now: Date) async throws {
        try tx.later(
            """
            UPDATE imports SET status = 'cancelled', changed_at = \(now)
             WHERE status IN ('uploading', 'mapping', 'checked') AND changed_at < \(time)
            """
        )
    }

    func save(_ changed: Import) async throws {
        try tx.later(
            """
            UPDATE imports
               SET status = \(changed.status.rawValue), digest = \(changed.digest), size = \(changed.size),
                   encoding = \(changed.encoding.rawValue), separator = \(changed.separator),
                   header = \(changed.header)::text[], columns = \(changed.columns.map(\.rawValue))::text[],
                   channel = \(changed.channel), campaign = \(changed.campaign), start = \(changed.start),
                   position = \(changed.position), row = \(changed.row), withdrawing = \(changed.isWithdrawing),
                   forecast = \(try JSONText(wire: changed.forecast)), outcome = \(try JSONText(wire: changed.outcome)),
                   undone = \(try JSONText(wire: changed.undone)), ordered_by = \(changed.orderedBy),
                   changed_at = \(changed.changedAt)
             WHERE id = \(changed.id)
            """
        )
    }

    /// How the columns of this header were read the last time.
    func columns(for headerDigest: String) async throws -> [ImportColumn]? {
        let known: [String]? = try await tx.first(
            "SELECT columns FROM import_mappings WHERE header_digest = \(headerDigest)"
        ) { try $0["columns"] }
        return known.map { $0.map { ImportColumn(rawValue: $0) ?? .attribute } }
    }

    func remember(_ columns: [ImportColumn], for headerDigest: String, now: Date) async throws {
        try tx.later(
            """
            INSERT INTO import_mappings (header_digest, columns, used_at)
            VALUES (\(headerDigest), \(columns.map(\.rawValue))::text[], \(now))
            ON CONFLICT (header_digest) DO UPDATE SET columns = EXCLUDED.columns, used_at = EXCLUDED.used_at
            """
        )
    }

    private func imports(_ rest: SQL) async throws -> [Import] {
        try await tx.all(
            """
            SELECT id, name, status, digest, size, encoding, separator, header, columns, channel, campaign, start,
                   position, row, withdrawing, forecast, outcome, undone, created_by, created_at, ordered_by, changed_at
              FROM imports \(rest)
            """,
            as: Import.init(row:)
        )
    }
}

extension Import {
    init(row: Row) throws {
        let forecast: JSONText = try row["forecast"]
        let outcome: JSONText = try row["outcome"]
        let undone: JSONText = try row["undone"]
        self.init(
            id: try row["id"],
            name: try row["name"],
            status: Status(rawValue: try row["status"]) ?? .cancelled,
            digest: try row["digest"],
            size: try row["size"],
            encoding: FileEncoding(rawValue: try row["encoding"]) ?? .utf8,
            separator: try row["separator"],
            header: try row["header"],
            columns: (try row["columns"] as [String]).map { ImportColumn(rawValue: $0) ?? .attribute },
            channel: try row["channel"],
            campaign: try row["campaign"],
            start: try row["start"],
            position: try row["position"],
            row: try row["row"],
            isWithdrawing: try row["withdrawing"],
            forecast: forecast.text == "{}" ? ImportCounts() : try forecast.decode(),
            outcome: outcome.text == "{}" ? ImportCounts() : try outcome.decode(),
            undone: undone.text == "{}" ? UndoCounts() : try undone.decode(),
            createdBy: try row["created_by"],
            createdAt: try row["created_at"],
            orderedBy: try row["ordered_by"],
            changedAt: try row["changed_at"]
        )
    }

    /// Tells files with the same columns from others.
    var headerDigest: String { Digest.of(Array(header.joined(separator: "\u{1F}").lowercased().utf8)) }
}
