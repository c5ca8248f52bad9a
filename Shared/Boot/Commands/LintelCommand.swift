public import ArgumentParser
import Messaging
import Postgres
import Threads

/// The command of a service's executable.
public struct LintelCommand<Lintel: LintelService>: AsyncParsableCommand {
    public static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: Lintel.name,
            abstract: "The \(Lintel.name) service of Lintel.",
            discussion: "Settings come from variables that begin with LINTEL_; see docs/configuration.md.",
            subcommands: [
                Serve<Lintel>.self, Migrate<Lintel>.self, Dead<Lintel>.self, Replay<Lintel>.self,
                Rebuild<Lintel>.self, JournalCommand<Lintel>.self, Outbox<Lintel>.self,
                Topology<Lintel>.self,
            ]
                + Lintel.commands,
            defaultSubcommand: Serve<Lintel>.self
        )
    }

    public init() {}

    /// Runs what the command line asks for; the one line of every `main.swift`. (Called there directly, `main()` would be
    /// the blocking one.)
    public static func start() async {
        await main()
        JoinedThread.joinBeforeExit()
    }
}

/// Brings the schema up to date.
struct Migrate<Lintel: LintelService>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "migrate",
            abstract: "Bring the database schema up to date, and say what was applied."
        )
    }

    func run() async throws {
        LogBootstrap.run(service: Lintel.name, toStandardError: true)
        let ground = try Ground(for: Lintel.self)
        let applied = try await ground.migrate(Lintel.resources)
        for name in applied { print("applied \(name)") }
        if applied.isEmpty { print("up to date") }
        await ground.spine.database.close()
    }
}
