import ArgumentParser
import Contracts
import Foundation
import Messaging
import Postgres

/// Prints the queues that a service consumes and what they are bound to.
///
/// `deploy/rabbitmq/definitions.json` holds the same, so that a queue stands before anybody publishes: an event that is
/// published before its listener first started would otherwise reach the others only.
struct Topology<Lintel: LintelService>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "topology",
            abstract: "Print the queues of this service and their bindings as JSON."
        )
    }

    func run() async throws {
        LogBootstrap.run(service: Lintel.name, toStandardError: true)
        let ground = try Ground(for: Lintel.self)
        let service = try Lintel(ground)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let queues = QueueDescription.all(
            service: Lintel.name,
            inlets: service.inlets,
            subscriptions: service.subscriptions
        )
        print(String(decoding: try encoder.encode(queues), as: UTF8.self))
        await ground.spine.database.close()
    }
}
