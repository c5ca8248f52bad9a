import Contracts
import Foundation
import Postgres

/// The SQL that counts what was received.
struct TallyStore: Sendable {
    /// Older minutes stay as they were told: their rows in the inbox are aged out after 30 days.
    private static let keptMinutes = 29 * 24 * 60
    /// Rows of transactions that were still open at the last look may be older than it.
    private static let overlap = 120.0

    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    /// One replica counts at a time.
    func lock() async throws {
        try await tx.execute("SELECT pg_advisory_xact_lock(hashtextextended('lintel.tally', 0))")
    }

    /// Notes what is listened to, and since when: on a new system from the beginning, else from now.
    func hear(_ names: [String]) async throws -> [InboxTally.Heard] {
        try await tx.execute("DELETE FROM heard WHERE name <> ALL(\(names)::text[])")
        try await tx.execute(
            """
            INSERT INTO heard (name, since)
            SELECT name, CASE WHEN EXISTS (SELECT 1 FROM heard) OR EXISTS (SELECT 1 FROM inbox WHERE name IS NULL)
                              THEN clock_timestamp() ELSE to_timestamp(0) END
              FROM unnest(\(names)::text[]) AS t (name)
            ON CONFLICT DO NOTHING
            """
        )
        return try await tx.all("SELECT name, since FROM heard ORDER BY name") {
            InboxTally.Heard(name: try $0["name"], since: try $0["since"])
        }
    }

    /// Counts anew every minute of which something has arrived since the last look, and returns those whose tally is
    /// another one now.
    func count(_ source: String) async throws -> [InboxTally.Minute] {
        let events = SQL.prefix(of: source)
        return try await tx.all(
            """
            WITH look AS (
                SELECT coalesce((SELECT scanned_to FROM tally_state WHERE source = \(source)), '-infinity')
                       - make_interval(secs => \(TallyStore.overlap)) AS since,
                       extract(epoch FROM clock_timestamp())::bigint / 60 - \(TallyStore.keptMinutes) AS oldest
            ), touched AS (
                SELECT told_minute(message_id) AS minute
                  FROM inbox, look
                 WHERE received_at >= look.since AND source = \(source) AND name IS NOT NULL
                   AND told_minute(message_id) > look.oldest
                 UNION
                SELECT told_minute(message_id)
                  FROM dead_letters, look
                 WHERE died_at >= look.since AND source = 'broker' AND name LIKE \(events)
                   AND told_minute(message_id) > look.oldest
            ), received AS (
                SELECT message_id, name
                  FROM inbox
                 WHERE received_at >= (SELECT to_timestamp(min(minute) * 60) - interval '5 minutes' FROM touched)
                   AND source = \(source) AND name IS NOT NULL
                   AND told_minute(message_id) IN (SELECT minute FROM touched)
                 UNION
                -- What the broker gave up was received too, though it never came as far as the inbox.
                SELECT message_id, name
                  FROM dead_letters
                 WHERE source = 'broker' AND name LIKE \(events)
                   AND told_minute(message_id) IN (SELECT minute FROM touched)
            ), counted AS (
                SELECT told_minute(message_id) AS minute, name, count(*) AS events,
                       ids_digest(bit_xor(id_high(message_id)), bit_xor(id_low(message_id))) AS digest
                  FROM received
                 GROUP BY 1, 2
            )
            INSERT INTO tallies AS t (source, minute, name, events, digest)
            SELECT \(source), minute, name, events, digest FROM counted
            ON CONFLICT (source, minute, name) DO UPDATE SET events = EXCLUDED.events, digest = EXCLUDED.digest
             WHERE t.digest <> EXCLUDED.digest OR t.events <> EXCLUDED.events
            RETURNING minute, name, events, digest
            """
        ) { row in
            InboxTally.Minute(
                began: Date(timeIntervalSince1970: Double(try row["minute"] as Int64) * 60),
                name: try row["name"],
                count: try row["events"],
                digest: try row["digest"]
            )
        }
    }

    /// What is told beside the tallies.
    struct State: Sendable, Equatable {
        var newest: Date?
        var waiting: Int
        var dead: Int
    }

    /// Notes how far it was looked and returns what is to be told of the whole; nil when that is the same as before.
    func look(_ source: String, began: Date) async throws -> (now: State, isNew: Bool) {
        let events = SQL.prefix(of: source)
        let before = try await tx.first(
            "SELECT newest, waiting, dead FROM tally_state WHERE source = \(source)",
            as: State.init(row:)
        )
        let now = try await tx.first(
            """
            SELECT (SELECT to_timestamp(max(minute) * 60) FROM tallies WHERE source = \(source)) AS newest,
                   (SELECT count(*) FROM retries WHERE source = \(source)) AS waiting,
                   (SELECT count(*) FROM dead_letters
                     WHERE status = 'waiting' AND (source = \(source) OR source = 'broker' AND name LIKE \(events))) AS dead
            """,
            as: State.init(row:)
        )
        let state = now ?? State(newest: nil, waiting: 0, dead: 0)
        try await tx.execute(
            """
            INSERT INTO tally_state (source, scanned_to, newest, waiting, dead)
            VALUES (\(source), \(began), \(state.newest), \(state.waiting), \(state.dead))
            ON CONFLICT (source) DO UPDATE
               SET scanned_to = EXCLUDED.scanned_to, newest = EXCLUDED.newest, waiting = EXCLUDED.waiting,
                   dead = EXCLUDED.dead
            """
        )
        return (state, before.map { $0 != state } ?? (state != State(newest: nil, waiting: 0, dead: 0)))
    }
}

extension TallyStore.State {
    init(row: Row) throws {
        self.init(newest: try row["newest"], waiting: try row["waiting"], dead: try row["dead"])
    }
}

extension SQL {
    /// The names of a source's events, as a pattern: `/lintel/leads` tells `leads.%`.
    fileprivate static func prefix(of source: String) -> SQL {
        "\((source.split(separator: "/").last.map(String.init) ?? source) + ".%")"
    }
}
