import Contracts
import Foundation
import Logging
import Messaging
import Postgres
import Synchronization

/// Timers in great numbers: `TimersBench [--json] [PENDING] [DUE]`, on the database of `LINTEL_TEST_DATABASE_URL`, in a
/// schema of its own that it removes.
///
/// With PENDING timers set (1,000,000): how many are set and cancelled a second, and how long DUE of them (100,000) that fall
/// due within the same second take to fire while work goes on that journals an event and sets a timer at some 200 a second.
/// With `--json` only the first: `{"1": …, "100": …}`, by how many in a transaction.
@main
struct TimersBench {
    let spine: Spine
    let pending: Int
    let due: Int
    let isJSON: Bool

    static func main() async throws {
        let numbers = CommandLine.arguments.dropFirst().compactMap { Int($0) }
        guard let url = ProcessInfo.processInfo.environment["LINTEL_TEST_DATABASE_URL"] else {
            fatalError("LINTEL_TEST_DATABASE_URL is not set: see deploy/local/test-servers.sh")
        }
        let logger = Logger(label: "timers") { label in
            var handler = StreamLogHandler.standardError(label: label)
            handler.logLevel = .error
            return handler
        }
        let schema = "bench_timers"
        let administrator = Database(Database.Configuration(url: url), logger: logger)
        try await administrator.script("DROP SCHEMA IF EXISTS \(schema) CASCADE; CREATE SCHEMA \(schema)")
        var configuration = Database.Configuration(url: url)
        configuration.schema = schema
        configuration.statementTimeout = .seconds(600)
        let database = Database(configuration, logger: logger)
        _ = try await Migrator(folders: [SpineMigrations.folder], logger: logger).apply(to: database)
        let clock = ServiceClock()
        try await clock.load(from: database)
        let bench = TimersBench(
            spine: Spine(service: "leads", database: database, clock: clock, logger: logger),
            pending: numbers.first ?? 1_000_000,
            due: numbers.count > 1 ? numbers[1] : 100_000,
            isJSON: CommandLine.arguments.contains("--json")
        )
        try await bench.run()
        await database.close()
        try await administrator.script("DROP SCHEMA \(schema) CASCADE")
        await administrator.close()
    }

    private func run() async throws {
        try await spine.database.script("CREATE TABLE fired (key text PRIMARY KEY, at timestamptz NOT NULL)")
        try await spine.database.script(
            """
            INSERT INTO timers (kind, key, due_at, payload, correlation_id)
            SELECT 'far', 'far-' || n, now() + interval '1 day' + n * interval '1 second', '{}', 'c'
              FROM generate_series(1, \(pending)) AS n;
            ANALYZE timers
            """
        )
        var rates: [String: Double] = [:]
        for size in [1, 100] { rates["\(size)"] = try await setAndCancel(inBatchesOf: size).rounded() }
        if isJSON { return print(String(decoding: try JSONEncoder().encode(rates), as: UTF8.self)) }
        print("pending: \(pending)")
        for (size, rate) in rates { print("set and cancelled, \(size) in a transaction: \(Int(rate)) a second") }
        try await fire("set-based handler", .batch("near") { try await record($0.map(\.key), $1) })
        try await fire("handler of one", .on("near") { try await record([$0.key], $1) })
    }

    private func record(_ keys: [String], _ work: Work) async throws {
        try await work.tx.execute(
            "INSERT INTO fired (key, at) SELECT unnest(\(keys)::text[]), clock_timestamp()"
        )
    }

    /// Sets and cancels for five seconds with eight at work, each batch in a transaction of its own.
    /// - Returns: how many a second.
    private func setAndCancel(inBatchesOf size: Int) async throws -> Double {
        let cause = Cause(actor: "bench")
        let tally = Tally()
        let start = ContinuousClock.now
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<8 {
                group.addTask {
                    var round = 0
                    while ContinuousClock.now - start < .seconds(5) {
                        round += 1
                        let keys = (0..<size).map { "w\(worker)-\(round)-\($0)" }
                        try await spine.perform(cause) { work in
                            let due = work.now.addingTimeInterval(3_600)
                            try await work.timers.set(
                                keys.map { try TimerDraft("far", key: $0, at: due, cause: cause) }
                            )
                        }
                        try await spine.perform(cause) { work in try await work.timers.cancel("far", keys: keys) }
                        tally.count.withLock { $0 += size }
                    }
                }
            }
            try await group.waitForAll()
        }
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        return Double(tally.count.withLock { $0 }) / seconds
    }

    private func fire(_ name: String, _ handler: TimerHandler) async throws {
        try await spine.database.script(
            """
            TRUNCATE fired;
            INSERT INTO timers (kind, key, due_at, payload, correlation_id)
            SELECT 'near', 'near-' || n, now() + n * interval '1 second' / \(due), '{}', 'c'
              FROM generate_series(1, \(due)) AS n
            """
        )
        let tally = Tally()
        let start = ContinuousClock.now
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await work(counting: tally) }
            let loop = TimerLoop(spine, [handler])
            var fired = 0
            while fired < due { fired += try await loop.fireDue() }
            tally.isOver.withLock { $0 = true }
            try await group.waitForAll()
        }
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        let rows: Int? = try await spine.read { tx in
            try await tx.first("SELECT count(*) AS n FROM fired") { try $0["n"] }
        }
        let rate = Double(tally.count.withLock { $0 }) / seconds
        print(
            "\(due) due at once, \(name): fired in \(seconds.formatted(.number.precision(.fractionLength(1)))) s,",
            "\(rows ?? 0) of them once each, beside \(Int(rate)) works a second"
        )
    }

    private final class Tally: Sendable {
        let isOver = Mutex(false)
        let count = Mutex(0)
    }

    /// What goes on meanwhile.
    private func work(counting tally: Tally) async throws {
        let cause = Cause(actor: "bench")
        while !tally.isOver.withLock({ $0 }) {
            try await spine.perform(cause) { work in
                let lead = LeadID.new()
                try await work.publish(LeadDiscarded(leadID: lead, uid: .new(), reason: "bench"), about: lead)
                try await work.timers.set("far", key: lead, at: work.now.addingTimeInterval(300), cause: cause)
            }
            tally.count.withLock { $0 += 1 }
            try await Task.sleep(for: .milliseconds(5))
        }
    }
}

extension Database {
    fileprivate func script(_ text: String) async throws {
        _ = try await transaction { tx in try await tx.script(text) }
    }
}
