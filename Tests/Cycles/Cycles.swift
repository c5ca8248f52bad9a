import AMQP
import Foundation
import Logging
import Outbound
import Phone
import Postgres
import ServiceLifecycle
import Synchronization

/// Starts, uses, breaks and stops the clients of the C libraries over and over, and says what the process holds before and
/// after: `Cycles COUNT [amqp|postgres|outbound|phone]…`, against the servers of `LINTEL_TEST_…`.
///
/// Exits with 1 when descriptors or threads have grown, or memory by more than 16 MiB (with more than 100 cycles, and not
/// with `CYCLES_MEMORY=ignore`: a leak checker's own allocator keeps what it was given back). `leak`
/// loses 64 bytes of C's in every cycle: what looks for leaks is tried on it.
@main
enum Cycles {
    static func main() async throws {
        signal(SIGPIPE, SIG_IGN)
        let arguments = CommandLine.arguments.dropFirst()
        let count = arguments.first.flatMap { Int($0) } ?? 20
        let chosen = arguments.count > 1 ? Array(arguments.dropFirst()) : ["amqp", "postgres", "outbound", "phone"]
        let isMemoryIgnored = ProcessInfo.processInfo.environment["CYCLES_MEMORY"] == "ignore"
        var hasGrown = false
        for name in chosen {
            let cycle: () async throws -> Void =
                switch name {
                case "amqp": AMQPCycle().run
                case "postgres": PostgresCycle().run
                case "outbound": OutboundCycle().run
                case "phone": PhoneCycle().run
                case "leak": { _ = strdup(String(repeating: "leak", count: 16)) }
                default: fatalError("there are no cycles of \(name)")
                }
            // What is made once for good (thread pools, resolver, TLS) is made by then.
            for _ in 0..<max(5, count / 10) { try await cycle() }
            let before = await Holdings.settled()
            for _ in 0..<count { try await cycle() }
            let after = await Holdings.settled(atMost: before)
            print("\(name): \(count) cycles, before \(before), after \(after)")
            hasGrown = hasGrown || after.hasGrown(since: before, countsMemory: count > 100 && !isMemoryIgnored)
        }
        exit(hasGrown ? 1 : 0)
    }
}

/// What the process holds.
struct Holdings: CustomStringConvertible {
    var descriptors: Int
    var threads: Int
    /// In KiB.
    var memory: Int

    static func now() -> Holdings {
        let files = FileManager.default
        let statm = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
        let pages = statm.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        return Holdings(
            descriptors: ((try? files.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []).count,
            threads: ((try? files.contentsOfDirectory(atPath: "/proc/self/task")) ?? []).count,
            memory: pages * 4
        )
    }

    /// Once nothing changes any more, or no more is held than was: threads end a little after they were told to, those of
    /// pools some seconds after they had nothing to do.
    static func settled(atMost limit: Holdings? = nil) async -> Holdings {
        var last = now()
        for _ in 0..<600 {
            try? await Task.sleep(for: .milliseconds(50))
            let next = now()
            if let limit, next.descriptors <= limit.descriptors, next.threads <= limit.threads { return next }
            if limit == nil, next.descriptors == last.descriptors, next.threads == last.threads { return next }
            last = next
        }
        return last
    }

    func hasGrown(since before: Holdings, countsMemory: Bool) -> Bool {
        descriptors > before.descriptors || threads > before.threads
            || (countsMemory && memory > before.memory + 16_384)
    }

    var description: String { "\(descriptors) descriptors, \(threads) threads, \(memory) KiB" }
}

private let quiet = Logger(label: "cycles") { _ in SwiftLogNoOpLogHandler() }

private func setting(_ name: String) -> String {
    guard let value = ProcessInfo.processInfo.environment[name] else { fatalError("\(name) is not set") }
    return value
}

/// A publisher and a consumer that start, carry a message, lose their connection, carry another and stop.
struct AMQPCycle: Sendable {
    private final class Seen: Sendable {
        let count = Mutex(0)
    }

    private let queue = "test.cycles.\(UUID().uuidString.prefix(8).lowercased())"

    func run() async throws {
        let endpoint = try Endpoint(url: setting("LINTEL_TEST_AMQP_URL"))
        var configuration = Consumer.Configuration(queue: queue)
        configuration.declarations = [.quorumQueue(queue, singleActiveConsumer: true)]
        configuration.marker = "\(queue).watch"
        let consumer = Consumer(endpoint, configuration, logger: quiet)
        let publisher = Publisher(endpoint, logger: quiet)
        let group = ServiceGroup(services: [publisher, consumer], logger: quiet)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            let seen = Seen()
            tasks.addTask {
                for await batch in consumer.batches {
                    consumer.settle(batch.map(\.tag))
                    seen.count.withLock { $0 += batch.count }
                }
                consumer.finish()
            }
            for round in 1...2 {
                let message = Message(exchange: "", routingKey: queue, properties: Properties(), body: [1, 2, 3])
                while await publisher.publish([message]) != [.confirmed] {}
                while seen.count.withLock({ $0 }) < round { try await Task.sleep(for: .milliseconds(2)) }
                if round == 1 { consumer.reconnect() }
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }
}

/// A pool and a session that start, work, fail, lose a connection and close.
struct PostgresCycle: Sendable {
    func run() async throws {
        var configuration = Database.Configuration(url: setting("LINTEL_TEST_DATABASE_URL"))
        configuration.poolSize = 3
        let database = Database(configuration, logger: quiet)
        let session = try await database.session()
        _ = try await session.notifications(on: "cycles")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<4 {
                group.addTask { _ = try await database.read { try await $0.rows("SELECT \(number)::bigint AS n") } }
            }
            try await group.waitForAll()
        }
        // One that fails, and one whose connection is ended under it.
        _ = try? await database.transaction { try await $0.rows("SELECT 1/0") }
        _ = try? await database.transaction { try await $0.rows("SELECT pg_terminate_backend(pg_backend_pid())") }
        _ = try await database.read { try await $0.rows("SELECT repeat('x', 100000) AS long") }
        await session.close()
        await database.close()
    }
}

/// Numbers that are some, that cannot be, and that are none.
struct PhoneCycle: Sendable {
    func run() async throws {
        for number in 0..<100 {
            _ = PhoneNumber.e164("138 1234 56\(number % 90 + 10) 转 \(number)")
            _ = PhoneNumber.e164("+44 20 7946 0\(number)", region: "GB")
            _ = PhoneNumber.e164(String(repeating: "九", count: number))
        }
    }
}

/// A client for HTTP and one for mail that start, call somebody who is there and somebody who is not, and close.
struct OutboundCycle: Sendable {
    func run() async throws {
        let http = HTTPClient()
        var call = HTTPClient.Call(setting("LINTEL_TEST_SMS_URL"))
        call.isRepeatable = true
        _ = await http.send(call)
        _ = await http.send(HTTPClient.Call("http://127.0.0.1:1/"))
        await http.close()
        var configuration = MailClient.Configuration(url: setting("LINTEL_TEST_SMTP_URL"))
        configuration.caFile = setting("LINTEL_TEST_SMTP_CA_FILE")
        configuration.user = setting("LINTEL_TEST_SMTP_USER")
        configuration.password = "wrong"
        let mail = MailClient(configuration)
        let letter = Mail(
            from: Mailbox(address: "crm@lintel.example"),
            recipient: Mailbox(address: "nobody@example.com"),
            subject: "cycles",
            text: "cycles",
            messageID: "cycles@lintel.example",
            date: Date()
        )
        _ = await mail.send(letter)
        await mail.close()
    }
}
