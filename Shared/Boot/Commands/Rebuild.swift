import ArgumentParser
import Messaging

/// Builds a projection again from the events.
struct Rebuild<Lintel: LintelService>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "rebuild",
            abstract: "Drop what a projection holds and build it again from the journals.",
            discussion: """
                The events of this service are applied at once. Those of the others come from them: the command says what \
                to call. The service may run meanwhile; until the others have sent theirs, the projection lacks them.
                """
        )
    }

    @Argument(help: "The projection: timeline of sales.")
    var projection: String
    @Flag(help: "Say what would be done, and do nothing.")
    var dryRun = false

    func run() async throws {
        try await withService(Lintel.self) { _, ground in
            let report = try await ground.spine.rebuild(projection, isDryRun: dryRun)
            let rebuild = report.rebuild
            print(dryRun ? "\(report.dropped) rows would be dropped" : "\(report.dropped) rows were dropped")
            print("\(report.applied) events of \(Lintel.name) \(dryRun ? "would be" : "were") applied")
            for other in report.others {
                let call =
                    "\(other) replay --receiver \(Lintel.name) --projection \(rebuild.projection) --run \(rebuild.run)"
                print(dryRun ? "\(other) would send its events again" : "now call: \(call)")
            }
        }
    }
}
