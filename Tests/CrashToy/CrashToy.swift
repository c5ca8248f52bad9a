import AMQP
import Contracts
import Foundation
import Logging
import Messaging
import Postgres
import ServiceLifecycle

/// A service of one event that hears itself, to be killed at failpoints (`LINTEL_FAILPOINT`) and started again.
///
/// Its schema has two tables besides the spine's: `effects`, to which whatever it hears and every timer writes one row, and
/// `passes`: while it lacks a reason that begins with `later`, hearing that reason fails.
///
/// On standard input: `say KEY REASON` journals an event in a request with that Idempotency-Key, `timer KEY` sets a timer
/// that is due at once. The end of the input stops it gracefully.
@main
enum CrashToy {
    static func main() async throws {
        signal(SIGPIPE, SIG_IGN)
        let environment = ProcessInfo.processInfo.environment
        guard let url = environment["TOY_DATABASE_URL"], let schema = environment["TOY_SCHEMA"],
            let name = environment["TOY_NAME"], let broker = environment["TOY_AMQP_URL"]
        else { fatalError("TOY_DATABASE_URL, TOY_SCHEMA, TOY_NAME and TOY_AMQP_URL are needed") }
        let logger = Logger(label: name) { _ in SwiftLogNoOpLogHandler() }
        var configuration = Database.Configuration(url: url)
        configuration.schema = schema
        let spine = Spine(
            service: name,
            database: Database(configuration, logger: logger),
            clock: ServiceClock(),
            logger: logger
        )
        let endpoint = try Endpoint(url: broker)
        let publisher = Publisher(endpoint, logger: logger)
        let inlets = [InletServices.events([hearing], spine, endpoint), InletServices.dead(spine, endpoint)]
        let services: [any Service] =
            [spine.database, publisher, Relay(spine, publisher), TimerLoop(spine, [ringing])]
            + inlets.flatMap(\.services)
        let group = ServiceGroup(services: services, logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            // Its queue must stand before anything is said: with another's in place the broker would take the event for delivered.
            while inlets.contains(where: { $0.state() != .running }) { try await Task.sleep(for: .milliseconds(20)) }
            for await line in orders { try await obey(line.split(separator: " ").map(String.init), spine) }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    /// Read on a thread of its own, since reading blocks.
    private static var orders: AsyncStream<String> {
        AsyncStream { continuation in
            Thread.detachNewThread {
                while let line = readLine() { continuation.yield(line) }
                continuation.finish()
            }
        }
    }

    private static func obey(_ words: [String], _ spine: Spine) async throws {
        let cause = Cause(actor: "toy")
        switch words.first {
        case "say":
            let (key, reason) = (words[1], words[2])
            _ = try await spine.once(cause, scope: "toy", key: key, digest: key) { work in
                let event = LeadDiscarded(leadID: .new(), uid: .new(), reason: reason)
                try await work.publish(event, about: spine.service)
                return StoredAnswer(status: 201, json: [])
            }
        case "timer":
            try await spine.perform(cause) { work in
                try await work.timers.set("toy", key: words[1], at: work.now, cause: work.cause)
            }
        default: break
        }
    }

    /// Other tests' events come by too.
    private static let hearing = Subscription.on(LeadDiscarded.self) { arrival, work in
        guard arrival.envelope.subject == ProcessInfo.processInfo.environment["TOY_NAME"] else { return }
        let reason = arrival.message.reason
        if reason.hasPrefix("later") {
            let pass: String? = try await work.tx.first("SELECT reason FROM passes WHERE reason = \(reason)") {
                try $0["reason"]
            }
            guard pass != nil else { throw NotYet() }
        }
        try await work.tx.execute("INSERT INTO effects (subject, reason) VALUES ('heard', \(reason))")
    }

    private static let ringing = TimerHandler.on("toy") { timer, work in
        try await work.tx.execute("INSERT INTO effects (subject, reason) VALUES ('rang', \(timer.key))")
    }

    private struct NotYet: Error {}
}
