import Foundation
import Logging
import Metrics
import Postgres
public import ServiceLifecycle

/// Keeps the spine's tables in shape and its gauges true: partitions ahead of time, old rows out.
public struct Housekeeping: Service {
    private let spine: Spine
    private let signal = Signal()
    private let oldPartitions: OldPartitions

    /// `keeping` says for how many whole months, besides the current one, rows of a table that is partitioned by month are
    /// kept; a table that is not in it is kept for ever.
    public init(_ spine: Spine, keeping: [String: Int] = [:]) {
        self.spine = spine
        oldPartitions = OldPartitions(spine: spine, months: keeping)
    }

    public func run() async throws {
        var nextCleaning = ContinuousClock.now
        await untilShutdown(waking: signal) {
            do {
                if ContinuousClock.now >= nextCleaning {
                    try await clean()
                    nextCleaning = .now + .seconds(3_600)
                }
                // Clocks drift apart, and another replica may have set a development clock forward.
                try await spine.clock.load(from: spine.database)
                try await measure()
            } catch {
                spine.logger.warning("housekeeping: will try again", metadata: ["error": "\(error)"])
            }
            await signal.wait(atMost: .seconds(5))
        }
    }

    /// Makes the partitions for this month and the next three, drops those that are older than is kept, and what is older
    /// than 30 days from the inbox and a week from the answers.
    func clean() async throws {
        _ = try await spine.database.transaction { tx in
            try await tx.execute("SELECT pg_advisory_xact_lock(hashtextextended('lintel.housekeeping', 0))")
            try await tx.script(Housekeeping.partitions)
        }
        try await oldPartitions.drop()
        try await age(
            "DELETE FROM inbox WHERE ctid IN (SELECT ctid FROM inbox WHERE received_at < now() - interval '30 days' LIMIT 5000)"
        )
        try await age(
            """
            DELETE FROM idempotency WHERE ctid IN
                (SELECT ctid FROM idempotency WHERE created_at < now() - interval '7 days' LIMIT 5000)
            """
        )
    }

    private func age(_ statement: SQL) async throws {
        while try await spine.database.transaction({ tx in try await tx.execute(statement) }) == 5_000 {}
    }

    /// Makes partitions for every table of the schema that is partitioned by month and has a `…_default`.
    ///
    /// A month whose rows already stand in the default partition keeps them there.
    private static let partitions = """
        DO $$
        DECLARE
            this_month date := date_trunc('month', now());
            parent     record;
            name       text;
            first      date;
            last       date;
            is_late    boolean;
        BEGIN
            FOR parent IN SELECT c.relname AS name, a.attname AS key
                            FROM pg_partitioned_table p
                            JOIN pg_class c ON c.oid = p.partrelid
                            JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = p.partattrs[0]
                           WHERE c.relnamespace = current_schema()::regnamespace AND p.partstrat = 'r'
            LOOP
                FOR ahead IN 0..3 LOOP
                    first := this_month + make_interval(months => ahead);
                    last := first + interval '1 month';
                    name := parent.name || to_char(first, '_YYYY_MM');
                    CONTINUE WHEN to_regclass(quote_ident(name)) IS NOT NULL;
                    EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I WHERE %I >= %L AND %I < %L)',
                                   parent.name || '_default', parent.key, first, parent.key, last) INTO is_late;
                    CONTINUE WHEN is_late;
                    EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)',
                                   name, parent.name, first, last);
                END LOOP;
            END LOOP;
        END $$;
        """

    private func measure() async throws {
        let backlog = try await spine.backlog()
        let dimensions = [("service", spine.service)]
        Gauge(label: "outbox_depth", dimensions: dimensions).record(backlog.outbox)
        Gauge(label: "outbox_oldest_seconds", dimensions: dimensions).record(backlog.outboxOldestSeconds)
        Gauge(label: "retry_depth", dimensions: dimensions).record(backlog.retries)
        Gauge(label: "dead_letters_waiting", dimensions: dimensions).record(backlog.deadLetters)
        Gauge(label: "timers_pending", dimensions: dimensions).record(backlog.timers)
        Gauge(label: "timer_lag_seconds", dimensions: dimensions).record(backlog.timerLagSeconds)
        Gauge(label: "outbox_unroutable", dimensions: dimensions).record(backlog.unroutable)
    }
}

/// What waits in a service's spine.
public struct Backlog: Sendable {
    public let outbox: Int
    /// Age of the oldest event that the broker does not have, in seconds.
    public let outboxOldestSeconds: Double
    /// The same for those that could be delivered: neither unroutable nor behind an unroutable one of their subject.
    public let outboxWaitingSeconds: Double
    public let unroutable: Int
    public let retries: Int
    public let deadLetters: Int
    /// Timers that are set, the planner's estimate once there are many.
    public let timers: Int
    /// How long the timer that is overdue most has been due, in seconds; 0 when none is.
    public let timerLagSeconds: Double

    public init(
        outbox: Int,
        outboxOldestSeconds: Double,
        outboxWaitingSeconds: Double = 0,
        unroutable: Int,
        retries: Int,
        deadLetters: Int,
        timers: Int,
        timerLagSeconds: Double = 0
    ) {
        self.outbox = outbox
        self.outboxOldestSeconds = outboxOldestSeconds
        self.outboxWaitingSeconds = outboxWaitingSeconds
        self.unroutable = unroutable
        self.retries = retries
        self.deadLetters = deadLetters
        self.timers = timers
        self.timerLagSeconds = timerLagSeconds
    }
}

extension Spine {
    /// Counts what waits.
    public func backlog() async throws -> Backlog {
        let backlog = try await read { tx in
            try await tx.first(
                """
                SELECT (SELECT count(*) FROM outbox) AS outbox,
                       coalesce(extract(epoch FROM clock_timestamp()
                                - (SELECT recorded_at FROM outbox ORDER BY position LIMIT 1)), 0)::float8 AS oldest,
                       coalesce(extract(epoch FROM clock_timestamp()
                                - (SELECT recorded_at FROM outbox o
                                    WHERE NOT is_unroutable
                                      AND NOT EXISTS (SELECT 1 FROM outbox head
                                                       WHERE head.attempts > 0 AND head.is_unroutable
                                                         AND head.subject = o.subject AND head.position < o.position)
                                    ORDER BY position LIMIT 1)), 0)::float8 AS waiting,
                       (SELECT count(*) FROM outbox WHERE is_unroutable) AS unroutable,
                       (SELECT count(*) FROM retries) AS retries,
                       (SELECT count(*) FROM dead_letters WHERE status = 'waiting') AS dead,
                       (SELECT CASE WHEN reltuples > 100000 THEN reltuples::bigint
                                    ELSE (SELECT count(*) FROM timers) END
                          FROM pg_class WHERE oid = 'timers'::regclass) AS timers,
                       coalesce(extract(epoch FROM \(clock.now)
                                - (SELECT min(coalesce(retry_at, due_at)) FROM timers
                                    WHERE NOT makes_way)), 0)::float8 AS lag
                """
            ) { row in
                Backlog(
                    outbox: try row["outbox"],
                    outboxOldestSeconds: try row["oldest"],
                    outboxWaitingSeconds: try row["waiting"],
                    unroutable: try row["unroutable"],
                    retries: try row["retries"],
                    deadLetters: try row["dead"],
                    timers: try row["timers"],
                    timerLagSeconds: max(0, try row["lag"])
                )
            }
        }
        guard let backlog else { throw PostgresError(message: "a count without a row") }
        return backlog
    }
}
