public import Contracts
public import Foundation
public import Logging
public import Messaging
import Postgres
import Synchronization

/// The database that the tests were given; `make test` starts it.
public enum TestServers {
    public static var databaseURL: String { required("LINTEL_TEST_DATABASE_URL") }
    public static var brokerURL: String { required("LINTEL_TEST_AMQP_URL") }

    /// A variable that `make test` sets.
    public static func required(_ name: String) -> String {
        guard let value = ProcessInfo.processInfo.environment[name] else {
            fatalError("\(name) is not set: run the tests with `make test`, or see deploy/local/test-servers.sh")
        }
        return value
    }
}

/// A logger that keeps test output readable; `LINTEL_TEST_LOG=debug` makes it talk.
public func testLogger(_ label: String) -> Logger {
    var logger = Logger(label: label)
    let level = ProcessInfo.processInfo.environment["LINTEL_TEST_LOG"] ?? "critical"
    logger.logLevel = Logger.Level(rawValue: level) ?? .critical
    return logger
}

/// Gives `body` a spine over a migrated schema of its own, and removes the schema afterwards.
///
/// `migrations` is the service's own folder; the spine's comes first by itself.
public func withSpine<Result: Sendable>(
    _ service: String,
    migrations: URL? = nil,
    projections: [Projection] = [],
    clock: ServiceClock = ServiceClock(),
    _ body: (Spine) async throws -> Result
) async throws -> Result {
    let logger = testLogger(service)
    let schema = "test_\(service)_\(UUID().uuidString.prefix(8).lowercased())"
    let administrator = Database(Database.Configuration(url: TestServers.databaseURL), logger: logger)
    _ = try await administrator.transaction { tx in try await tx.script("CREATE SCHEMA \(schema)") }
    var configuration = Database.Configuration(url: TestServers.databaseURL)
    configuration.schema = schema
    // On a starved machine a test is slow, which is no failure.
    configuration.acquireTimeout = .seconds(120)
    configuration.lockTimeout = .seconds(60)
    configuration.statementTimeout = .seconds(120)
    let database = Database(configuration, logger: logger)
    do {
        let folders = [SpineMigrations.folder] + (migrations.map { [$0] } ?? [])
        _ = try await Migrator(folders: folders, logger: logger).apply(to: database)
        try await clock.load(from: database)
        let spine = Spine(
            service: service,
            database: database,
            clock: clock,
            projections: projections,
            logger: logger
        )
        let result = try await body(spine)
        await drop(schema, administrator, database)
        return result
    } catch {
        await drop(schema, administrator, database)
        throw error
    }
}

private func drop(_ schema: String, _ administrator: Database, _ database: Database) async {
    await database.close()
    _ = try? await administrator.transaction { tx in try await tx.script("DROP SCHEMA \(schema) CASCADE") }
    await administrator.close()
}

/// An event in a journal, as a test looks at it.
public struct JournalledEvent: Sendable {
    public let envelope: Envelope
    /// The event's data as JSON.
    public let json: String

    /// Reads the data.
    public func data<Message: Contract>(as type: Message.Type = Message.self) throws -> Message {
        try Wire.decoder.decode(type, from: Data(json.utf8))
    }
}

extension Spine {
    /// Everything in the journal, in order.
    public func events() async throws -> [JournalledEvent] {
        try await read { tx in
            try await tx.all(
                """
                SELECT id, name, subject, sequence, uid, actor, correlation_id, causation_id, occurred_at, data
                  FROM journal ORDER BY position
                """
            ) { row in
                let id: UUID = try row["id"]
                let name = MessageName(try row["name"])
                let data: JSONText = try row["data"]
                return JournalledEvent(
                    envelope: Envelope(
                        id: id.wire,
                        source: "/lintel/\(name.service)",
                        type: name,
                        subject: try row["subject"],
                        time: try row["occurred_at"],
                        sequence: try row["sequence"],
                        uid: try row["uid"],
                        actor: try row["actor"],
                        correlationid: try row["correlation_id"],
                        causationid: try row["causation_id"]
                    ),
                    json: data.text
                )
            }
        }
    }

    /// The data of all events of one type, in order.
    public func events<Message: Contract>(of type: Message.Type) async throws -> [Message] {
        try await events().filter { $0.envelope.type == type.name }.map { try $0.data(as: type) }
    }

    /// Sets this spine's clock to `now` (never back) and fires everything that is due then; returns how many that were.
    @discardableResult
    public func fireTimers(_ handlers: [TimerHandler], now: Date? = nil) async throws -> Int {
        if let now {
            let seconds = now.timeIntervalSince(clock.now)
            if seconds > 0 { try await advanceClock(bySeconds: seconds) }
        }
        let loop = TimerLoop(self, handlers)
        var fired = 0
        while true {
            let count = try await loop.fireDue()
            if count == 0 { return fired }
            fired += count
        }
    }

    /// Sets the clock forward past midnight in Shanghai when that is near: what is counted by the day is to fall into one.
    public func passMidnight() async throws {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = TimeZone(identifier: "Asia/Shanghai") ?? .gmt
        let now = clock.now
        let left = calendar.startOfDay(for: now).addingTimeInterval(86_400).timeIntervalSince(now)
        if left < 300 { try await advanceClock(bySeconds: left + 1) }
    }

    /// Sets timers that have fired once more, due now, and fires them: handlers must stand being called twice.
    public func ringsAgain(
        _ kind: String,
        _ keys: [some CustomStringConvertible & Sendable],
        _ handlers: [TimerHandler]
    ) async throws {
        try await perform(Cause(actor: "test")) { work in
            try await work.timers.set(keys.map { try TimerDraft(kind, key: $0, at: work.now, cause: work.cause) })
        }
        try await fireTimers(handlers)
    }

    /// Delivers an event to the service's subscriptions through its inbox, as the broker would.
    ///
    /// What could not be handled is in `retries` or `dead_letters` afterwards, as in production.
    /// The same `id` again is the same message again.
    public func deliver(
        _ message: some Contract,
        about subject: some CustomStringConvertible,
        uid: UID? = nil,
        id: UUID = .v7(),
        sequence: Int64? = nil,
        actor: String = "test",
        at time: Date = Date(),
        to subscriptions: [Subscription]
    ) async throws {
        let name = type(of: message).name
        let envelope = Envelope(
            id: id.wire,
            source: "/lintel/\(name.service)",
            type: name,
            subject: subject.description,
            time: time,
            sequence: sequence,
            uid: uid,
            actor: actor,
            correlationid: UUID.v7().wire
        )
        let data = String(decoding: try Wire.encoder.encode(message), as: UTF8.self)
        try await settleEvents(
            [JournalEntry(envelope: envelope, data: data)],
            with: subscriptions
        )
    }

    /// How many messages wait to be retried, and how many are dead.
    public func unsettled() async throws -> (retries: Int, dead: Int) {
        let backlog = try await backlog()
        return (backlog.retries, backlog.deadLetters)
    }
}

extension Spine {
    /// What the command `journal` writes, as others read it.
    public func journalCopy() async throws -> JournalCopy { JournalCopy(lines: try await journalLines()) }

    /// The same, line by line.
    public func journalLines() async throws -> [[UInt8]] {
        let lines = Mutex<[[UInt8]]>([])
        try await copyJournal { line in lines.withLock { $0.append(line) } }
        return lines.withLock { $0 }
    }
}

extension JournalCopy {
    /// Lines that are there already.
    public init(lines: [[UInt8]]) {
        self.init { take in for line in lines { try await take(line[...]) } }
    }
}
