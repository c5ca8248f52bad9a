import ArgumentParser
import Failures
import Foundation
import Messaging

/// What an operator does with messages that nobody could handle.
struct Dead<Lintel: LintelService>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "dead",
            abstract: "Look at dead letters, hand them over again, or give them up.",
            subcommands: [List.self, Groups.self, Show.self, Replay.self, Discard.self],
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
                    DeadLetterSelection(status: status == "all" ? nil : status, reason: reason),
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

    struct Groups: AsyncParsableCommand {
        static var configuration: CommandConfiguration {
            CommandConfiguration(
                commandName: "groups",
                abstract: "Count those that wait, by reason and kind of message."
            )
        }

        func run() async throws {
            try await withService(Lintel.self) { _, ground in
                for group in try await DeadLetters(ground.spine).groups() {
                    print(group.count, group.reason, group.name ?? "-", separator: "\t")
                }
            }
        }
    }

    struct Replay: AsyncParsableCommand {
        static var configuration: CommandConfiguration {
            CommandConfiguration(
                commandName: "replay",
                abstract: "Hand dead letters to the service once more.",
                discussion: "Either some by their ids, or with --reason all that wait for it."
            )
        }

        @Argument(help: "Their ids.", transform: DeadLetterID.init)
        var ids: [DeadLetterID] = []
        @Option(help: "All that wait for this reason.")
        var reason: String?
        @Option(help: "With --reason: only messages of this name; - for those without one.")
        var name: String?
        @Option(help: "A file with another body to use instead. The message gets an id of its own.")
        var body: String?

        func validate() throws {
            if ids.isEmpty == (reason == nil) { throw ValidationError("Give ids, or --reason.") }
            if body != nil, ids.count != 1 { throw ValidationError("--body belongs to one id.") }
        }

        func run() async throws {
            let edited = try body.map { Array(try Data(contentsOf: URL(filePath: $0))) }
            try await withService(Lintel.self) { service, ground in
                let letters = DeadLetters(ground.spine, readers: service.readers)
                for id in ids {
                    try await letters.replay(id.uuid, editedBody: edited, by: "operator")
                    print("replayed \(id.uuid.uuidString.lowercased())")
                }
                guard let reason else { return }
                let outcome = try await letters.replay(.waiting(for: reason, name: name), by: "operator")
                print("replayed \(outcome.settled), refused \(outcome.refused), left \(outcome.left)")
                if let refusal = outcome.refusal {
                    print("\(refusal.code): \(refusal.message)")
                    throw ExitCode.failure
                }
            }
        }
    }

    struct Discard: AsyncParsableCommand {
        static var configuration: CommandConfiguration {
            CommandConfiguration(
                commandName: "discard",
                abstract: "Give dead letters up.",
                discussion: "Either one by its id, or with --reason all that wait for it."
            )
        }

        @Argument(help: "Its id.", transform: DeadLetterID.init)
        var id: DeadLetterID?
        @Option(help: "All that wait for this reason.")
        var reason: String?
        @Option(help: "With --reason: only messages of this name; - for those without one.")
        var name: String?
        @Option(help: "Why they may be given up.")
        var note: String

        func validate() throws {
            if (id == nil) == (reason == nil) { throw ValidationError("Give an id, or --reason.") }
        }

        func run() async throws {
            try await withService(Lintel.self) { _, ground in
                let letters = DeadLetters(ground.spine)
                if let id {
                    try await letters.discard(id.uuid, note: note, by: "operator")
                    print("discarded \(id.uuid.uuidString.lowercased())")
                } else if let reason {
                    let selection = DeadLetterSelection.waiting(for: reason, name: name)
                    let outcome = try await letters.discard(selection, note: note, by: "operator")
                    print("discarded \(outcome.settled)")
                }
            }
        }
    }
}

extension DeadLetterSelection {
    /// As the command line names them: a dash stands for messages without a name.
    fileprivate static func waiting(for reason: String, name: String?) -> DeadLetterSelection {
        DeadLetterSelection(reason: reason, name: name == "-" ? "" : name)
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
