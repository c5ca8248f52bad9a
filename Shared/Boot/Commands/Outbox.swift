import ArgumentParser
import Messaging

/// What an operator does with events that the broker did not take.
struct Outbox<Lintel: LintelService>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "outbox",
            abstract: "Look at events that the broker refused or gave back, or have them tried at once.",
            subcommands: [List.self, Retry.self],
            defaultSubcommand: List.self
        )
    }

    struct List: AsyncParsableCommand {
        static var configuration: CommandConfiguration {
            CommandConfiguration(
                commandName: "list",
                abstract: "List events that the broker did not take, the oldest first.",
                discussion: "Position, name, subject, attempts, unroutable or refused, events that wait behind, reason."
            )
        }

        @Option(help: "How many at most.")
        var limit = 100

        func run() async throws {
            try await withService(Lintel.self) { _, ground in
                for event in try await ground.spine.stuckEvents(limit: limit) {
                    print(
                        event.position,
                        event.name,
                        event.subject,
                        event.attempts,
                        event.isUnroutable ? "unroutable" : "refused",
                        event.followers,
                        event.error,
                        separator: "\t"
                    )
                }
            }
        }
    }

    struct Retry: AsyncParsableCommand {
        static var configuration: CommandConfiguration {
            CommandConfiguration(commandName: "retry", abstract: "Have the running service try them all at once.")
        }

        func run() async throws {
            try await withService(Lintel.self) { _, ground in
                print("\(try await ground.spine.retryStuckEvents()) events are tried again")
            }
        }
    }
}
