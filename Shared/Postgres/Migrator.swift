public import Foundation
public import Logging

/// Applies numbered `.sql` files, forward only.
///
/// Files are sorted by name, each runs in a transaction of its own under an advisory lock, and is recorded with its
/// checksum in `schema_migrations` of the session's schema; a file that changed after it was applied is an error.
public struct Migrator: Sendable {
    private struct Migration: Sendable {
        let name: String
        let text: String
    }

    private let folders: [URL]
    private let logger: Logger

    /// Folders are read in order; all of their files are one sequence, so names must not clash.
    public init(folders: [URL], logger: Logger) {
        self.folders = folders
        self.logger = logger
    }

    /// Applies what is missing and returns the names of what it applied.
    ///
    /// Two replicas may call it at once.
    public func apply(to database: Database) async throws -> [String] {
        let migrations = try migrations()
        try await database.transaction { transaction in
            try await lock(transaction)
            try await transaction.execute(
                """
                CREATE TABLE IF NOT EXISTS schema_migrations (
                  name text PRIMARY KEY,
                  checksum text NOT NULL,
                  applied_at timestamptz NOT NULL DEFAULT now()
                )
                """
            )
        }
        var applied: [String] = []
        for migration in migrations {
            let isNew = try await database.transaction { try await apply(migration, in: $0) }
            if isNew {
                applied.append(migration.name)
                logger.info("A migration was applied", metadata: ["migration.name": "\(migration.name)"])
            }
        }
        return applied
    }

    private func migrations() throws -> [Migration] {
        let files = try folders.flatMap {
            try FileManager.default.contentsOfDirectory(at: $0, includingPropertiesForKeys: nil)
        }
        let migrations = try files.filter { $0.pathExtension == "sql" }
            .map { Migration(name: $0.lastPathComponent, text: try String(contentsOf: $0, encoding: .utf8)) }
            .sorted { $0.name < $1.name }
        for (one, next) in zip(migrations, migrations.dropFirst()) where one.name == next.name {
            throw PostgresError.misuse("two migrations are called \(one.name)")
        }
        return migrations
    }

    /// Holds the lock until the transaction ends.
    ///
    /// Whoever waits for it waits as long as the others' migrations take;
    /// the migration itself still gives up when somebody holds a table, rather than stop all traffic behind it.
    private func lock(_ transaction: Transaction) async throws {
        _ = try await transaction.pipeline([
            "SET LOCAL statement_timeout = 0",
            "SET LOCAL lock_timeout = 0",
            "SELECT pg_advisory_xact_lock(hashtextextended('schema_migrations of ' || current_schema(), 0))",
            "SET LOCAL lock_timeout = DEFAULT",
        ])
    }

    /// - Returns: whether it had to be applied.
    private func apply(_ migration: Migration, in transaction: Transaction) async throws -> Bool {
        try await lock(transaction)
        let content = Bytes(Array(migration.text.utf8))
        let isKnown: Bool? = try await transaction.first(
            """
            SELECT checksum = encode(sha256(\(content)), 'hex') AS is_unchanged
              FROM schema_migrations
             WHERE name = \(migration.name)
            """
        ) { try $0["is_unchanged"] }
        if isKnown == false {
            throw PostgresError.misuse("the migration \(migration.name) was changed after it had been applied")
        }
        guard isKnown == nil else { return false }
        do {
            try await transaction.script(migration.text)
        } catch let error as PostgresError {
            throw error.at("migration \(migration.name)")
        }
        try await transaction.execute(
            """
            INSERT INTO schema_migrations (name, checksum)
            VALUES (\(migration.name), encode(sha256(\(content)), 'hex'))
            """
        )
        return true
    }
}
