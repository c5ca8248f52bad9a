import ArgumentParser
import Messaging

/// Sends a range of the journal again.
struct Replay<Lintel: LintelService>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "replay",
            abstract: "Publish a range of this service's events again.",
            discussion: "Receivers drop what they have handled already, so nothing happens twice."
        )
    }

    @Option(help: "The first position in the journal.")
    var from: Int64
    @Option(help: "The last position in the journal.")
    var to: Int64
    @Option(help: "Only events about this subject.")
    var subject: String?
    @Flag(help: "Say what would be sent, and send nothing.")
    var dryRun = false

    func run() async throws {
        guard from <= to else { throw ValidationError("--from must not be after --to.") }
        try await withService(Lintel.self) { _, ground in
            let counts = try await ground.spine.resend(from...to, about: subject, isDryRun: dryRun)
            for (name, count) in counts { print("\(count)\t\(name)") }
            print(dryRun ? "nothing was sent" : "\(counts.reduce(0) { $0 + $1.count }) events are in the outbox")
        }
    }
}
