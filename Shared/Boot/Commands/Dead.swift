import ArgumentParser
import Foundation
import Messaging

/// What an operator does with messages that nobody could handle.
struct Dead<Lintel: LintelService>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "dead",
            abstract: "Look at dead letters, hand them over again, or give them up.",
            subcommands: [List.self, Show.self, Replay.self, Discard.self],
            defaultSubcommand: List.self
        )
    }

    struct List: AsyncParsableCommand {
        static var configuration: CommandConfiguration {
            CommandConfiguration(commandName: "list", abstract: "List dead letters, the newest first.")
        }

        @Option(help: "waiting, replayed, discarded or all.")
        var status = "waiting"
        @Option(help: "Only those with this reason.")
        var reason: String?
        @Option(help: "How many at most.")
        var limit = 100

        func run() async throws {
            try await withService(Lintel.self) { _, ground in
                let letters = try await DeadLetters(ground.spine).list(
                    status: status == "all" ? nil : status,
                    reason: reason,
                    limit: limit
                )
                for letter in letters {
                    print(
                        letter.id.uuidString.lowercased(),
                        letter.diedAt.formatted(.iso8601),
                        letter.inlet,
                        letter.name ?? "-",
                        letter.reason,
                        letter.field ?? "-",
                        letter.status,
                        separator: "\t"
                    )
                }
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static var configuration: CommandConfiguration {
            CommandConfiguration(commandName: "show", abstract: "Show one dead letter with its bytes.")
        }

        @Argument(help: "Its id.", transform: DeadLetterID.init)
        var id: DeadLetterID

        func run() async throws {
            try await withService(Lintel.self) { _, ground in
                let letter = try await DeadLetters(ground.spine).show(id.uuid)
                print("id          \(letter.id.uuidString.lowercased())")
                print("inlet       \(letter.inlet)")
                print("message     \(letter.name ?? "-") \(letter.messageID)")
                print("routed by   \(letter.exchange) \(letter.routingKey)")
                print("properties  \(letter.properties)")
                print("reason      \(letter.reason) \(letter.field ?? "")")
                print("detail      \(letter.detail)")
                print("attempts    \(letter.attempts)")
                print("status      \(letter.status) \(letter.settledBy ?? "") \(letter.note ?? "")")
                print("")
                print(String(decoding: letter.body, as: UTF8.self))
            }
        }
    }

    struct Replay: AsyncParsableCommand {
        static var configuration: CommandConfiguration {
            CommandConfiguration(commandName: "replay", abstract: "Hand dead letters to the service once more.")
        }

        @Argument(help: "Their ids.", transform: DeadLetterID.init)
        var ids: [DeadLetterID]
        @Option(help: "A file with another body to use instead.")
        var body: String?

        func run() async throws {
            let edited = try body.map { Array(try Data(contentsOf: URL(filePath: $0))) }
            try await withService(Lintel.self) { _, ground in
                for id in ids {
                    try await DeadLetters(ground.spine).replay(id.uuid, editedBody: edited, by: "operator")
                    print("replayed \(id.uuid.uuidString.lowercased())")
                }
            }
        }
    }

    struct Discard: AsyncParsableCommand {
        static var configuration: CommandConfiguration {
            CommandConfiguration(commandName: "discard", abstract: "Give a dead letter up.")
        }

        @Argument(help: "Its id.", transform: DeadLetterID.init)
        var id: DeadLetterID
        @Option(help: "Why it may be given up.")
        var note: String

        func run() async throws {
            try await withService(Lintel.self) { _, ground in
                try await DeadLetters(ground.spine).discard(id.uuid, note: note, by: "operator")
                print("discarded \(id.uuid.uuidString.lowercased())")
            }
        }
    }
}

/// The id of a dead letter, as it is typed.
struct DeadLetterID: Sendable {
    let uuid: UUID

    @Sendable init(_ text: String) throws {
        guard let uuid = UUID(uuidString: text) else { throw ValidationError("‘\(text)’ is not an id.") }
        self.uuid = uuid
    }
}
