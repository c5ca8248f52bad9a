import AMQP
import ArgumentParser
import Messaging

/// Sends a range of the journal again.
struct Replay<Lintel: LintelService>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "replay",
            abstract: "Publish a range of this service's events again, to all who hear them or to one service.",
            discussion: """
                Receivers drop what they have handled already, so nothing happens twice.
                """
        )
    }

    @Option(help: "The first position in the journal; the first of all, when it is left out with --receiver.")
    var from: Int64?
    @Option(help: "The last position in the journal; the last of all, when it is left out with --receiver.")
    var to: Int64?
    @Option(help: "Only to this service: sales, service, notify, leads.")
    var receiver: String?
    @Option(help: "Only events about this subject.")
    var subject: String?
    @Flag(help: "Say what would be sent, and send nothing.")
    var dryRun = false

    func validate() throws {
        guard receiver != nil || from != nil && to != nil else { throw ValidationError("Give --from and --to.") }
        guard (from ?? 0) <= (to ?? .max) else { throw ValidationError("--from must not be after --to.") }
    }

    func run() async throws {
        let positions = (from ?? 0)...(to ?? .max)
        try await withService(Lintel.self) { _, ground in
            guard let receiver else {
                let counts = try await ground.spine.resend(positions, about: subject, isDryRun: dryRun)
                return tell(counts, end: "are in the outbox")
            }
            let route = ReplayRoute(sender: Lintel.name, receiver: receiver)
            let counts = try await withPublisher(ground) { publisher in
                try await ground.spine.resend(positions, about: subject, to: route, by: publisher, isDryRun: dryRun)
            }
            tell(
                counts.sorted { $0.key < $1.key }.map { (name: $0.key, count: $0.value) },
                end: "were sent to \(receiver)"
            )
        }
    }

    private func tell(_ counts: [(name: String, count: Int)], end: String) {
        for (name, count) in counts { print("\(count)\t\(name)") }
        print(dryRun ? "nothing was sent" : "\(counts.reduce(0) { $0 + $1.count }) events \(end)")
    }

    private func withPublisher<Result: Sendable>(
        _ ground: Ground,
        _ body: (Publisher) async throws -> Result
    ) async throws -> Result {
        var endpoint = try Endpoint(url: ground.settings.amqpURL)
        endpoint.connectionName = "lintel-\(Lintel.name)-replay"
        let publisher = Publisher(endpoint, declaring: [.exchangeExists("lintel.events")], logger: ground.logger)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await publisher.run() }
            let result = try await body(publisher)
            group.cancelAll()
            return result
        }
    }
}
