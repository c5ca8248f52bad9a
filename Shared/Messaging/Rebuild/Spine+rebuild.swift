import Contracts
import Foundation
import Postgres

extension Spine {
    /// Builds a projection beside itself, compares, and makes it what was built; a dry run only compares.
    ///
    /// One transaction. Whoever writes the projection meanwhile waits, and whoever reads it does not; a dry run over
    /// journals lets everybody through. Nothing else happens: who builds may neither tell anything nor set a timer.
    /// - Throws: a ``Rejection`` when it cannot be built from what there is.
    public func rebuild(
        _ projection: Projection,
        from journals: [JournalCopy] = [],
        isDryRun: Bool
    ) async throws -> RebuildReport {
        // What comes through a pipe can be read once only.
        guard journals.isEmpty else { return try await rebuildOnce(projection, journals, isDryRun) }
        return try await retryingLostRaces { try await rebuildOnce(projection, [], isDryRun) }
    }

    private func rebuildOnce(
        _ projection: Projection,
        _ journals: [JournalCopy],
        _ isDryRun: Bool
    ) async throws -> RebuildReport {
        let schema = try await read { try await ShadowStore($0).schema() }
        do {
            return try await database.transaction { tx in
                let hooks = CommitHooks()
                let work = Work(tx: tx, now: clock.now, cause: Cause(actor: "operator"), spine: self, hooks: hooks)
                let originals = OriginalTables(schema: schema)
                let rebuilding = Rebuilding(projection: projection, work: work, originals: originals)
                let report = try await rebuilding.run(from: journals, isDryRun)
                guard hooks.hasNothing else { throw Rebuilding.hasEffects(projection.name) }
                if isDryRun { throw Rehearsed(report: report) }
                return report
            }
        } catch let rehearsed as Rehearsed {
            return rehearsed.report
        } catch let error as PostgresError where error.sqlState == "42501" {
            throw Rebuilding.mayNotCover(service)
        }
    }

    /// Undoes what a dry run has done.
    private struct Rehearsed: Error {
        let report: RebuildReport
    }

    /// Gives this service's journal line by line, for others to build from.
    /// - Returns: how many events there were.
    @discardableResult
    public func copyJournal(_ write: @Sendable ([UInt8]) throws -> Void) async throws -> Int {
        try await database.transaction { tx in
            // Positions are given before the commit: only one look at the whole sees all that come before another.
            try await ShadowStore(tx).beginWith(locked: [], in: "")
            let store = JournalStore(tx)
            try write(JournalCopy.Mark(service, dropped: try await store.dropped()).line)
            var count = 0
            var last: Int64 = 0
            while true {
                let entries = try await store.told(after: last, atMost: Rebuilding.chunk)
                guard let end = entries.last else { break }
                for one in entries { try write(one.entry.body) }
                count += entries.count
                last = end.position
            }
            try write(JournalCopy.Mark(service, events: count).line)
            return count
        }
    }
}
