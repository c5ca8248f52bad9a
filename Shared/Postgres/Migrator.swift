public import Logging

public import struct Foundation.URL

/// Applies numbered `.sql` files, forward only.
///
/// Files are sorted by name, each runs in a transaction of its own under an advisory lock, and is recorded with its
/// checksum in `schema_migrations` of the session's schema; a file that changed after it was applied is an error.
public struct Migrator: Sendable {
    /// Folders are read in order; all of their files are one sequence, so names must not clash.
    public init(folders: [URL], logger: Logger) {}

    /// Applies what is missing and returns the names of what it applied. Two replicas may call it at once.
    public func apply(to database: Database) async throws -> [String] { unwritten() }
}
