import Contracts
import Postgres

extension Spine {
    /// Puts a range of the journal into the outbox once more.
    ///
    /// Only events about `subject`, where one is named, and none that were only journalled; a dry run only counts.
    /// Returns how many events of each name are in the range.
    public func resend(
        _ positions: ClosedRange<Int64>,
        about subject: String?,
        isDryRun: Bool
    ) async throws -> [(name: String, count: Int)] {
        try await perform(Cause(actor: "operator")) { work in
            let unpublished = Registry.unpublished.map(\.text)
            let range: SQL = """
                position BETWEEN \(positions.lowerBound) AND \(positions.upperBound)
                 AND (\(subject)::text IS NULL OR subject = \(subject)) AND name <> ALL(\(unpublished)::text[])
                """
            if !isDryRun {
                try await work.tx.execute(
                    """
                    INSERT INTO outbox (position, recorded_at, subject)
                    SELECT position, recorded_at, subject FROM journal WHERE \(range) ORDER BY position
                    ON CONFLICT (position) DO NOTHING
                    """
                )
                work.hooks.wakeOutbox()
            }
            return try await work.tx.all(
                "SELECT name, count(*) AS events FROM journal WHERE \(range) GROUP BY name ORDER BY name"
            ) { (try $0["name"], try $0["events"]) }
        }
    }
}
