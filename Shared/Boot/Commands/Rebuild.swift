import ArgumentParser
import Failures
import Messaging

/// Builds projections again, or says what would come of it.
struct Rebuild<Lintel: LintelService>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "rebuild",
            abstract: "Build a projection again beside itself, say what differs, and make it what was built.",
            discussion: """
                A projection is what follows from something else: from what the service keeps, or from events. One that is \
                built from others' events needs what their command `journal` has written. The service may run meanwhile; \
                whoever would write the projection waits. With --dry-run nothing is changed, and the exit status is 1 when \
                anything differs; without a name it is all of them then. \
                Projections: \(Lintel.name) names its own when it is called with --list.
                """
        )
    }

    @Argument(help: "The projection.")
    var projection: String?
    @Option(help: "What another service's command `journal` has written: a file or a pipe. May be given several times.")
    var journal: [String] = []
    @Flag(help: "Say what would be done, and do nothing.")
    var dryRun = false
    @Flag(help: "Name the projections, and the journals that each needs.")
    var list = false

    func validate() throws {
        guard projection != nil || dryRun || list else {
            throw ValidationError("Name a projection, or give --dry-run.")
        }
    }

    func run() async throws {
        let isSame = try await withService(Lintel.self) { service, ground in
            if list {
                for one in service.rebuildable { print(Self.line(one)) }
                return true
            }
            let journals = try journal.map { try JournalCopy(file: $0) }
            var isSame = true
            for one in try chosen(from: service.rebuildable) {
                let isLacking = journals.isEmpty && !one.senders(besides: Lintel.name).isEmpty
                if projection == nil, isLacking {
                    print("\(one.name): not looked at, needs --journal of \(Self.senders(one))")
                    continue
                }
                let report = try await ground.spine.rebuild(one, from: journals, isDryRun: dryRun)
                tell(report)
                isSame = isSame && report.isSame
            }
            return isSame
        }
        if dryRun, !isSame { throw ExitCode(1) }
    }

    private func chosen(from known: [Projection]) throws -> [Projection] {
        guard let projection else { return known }
        let chosen = known.filter { $0.name == projection }
        guard chosen.isEmpty else { return chosen }
        let names = known.map(\.name).joined(separator: ", ")
        throw Rejection(
            .notFound,
            "projection-not-found",
            "\(Lintel.name) has no projection \(projection); it has: \(names)."
        )
    }

    private func tell(_ report: RebuildReport) {
        print(
            "\(report.projection):" + (report.events.map { " built from \($0) events" } ?? " built from what is kept")
        )
        for table in report.tables {
            let counts = "\(table.added) added, \(table.changed) changed, \(table.removed) removed"
            print("  \(table.table): \(table.rows) rows, \(counts)")
            for example in table.examples { print("    \(example.what): \(example.key)") }
        }
        print(dryRun ? "  nothing was written" : "  \(report.isSame ? "nothing had to be written" : "written")")
    }

    private static func line(_ projection: Projection) -> String {
        let senders = senders(projection)
        return projection.name + (senders.isEmpty ? "" : "\tneeds --journal of \(senders)")
    }

    private static func senders(_ projection: Projection) -> String {
        projection.senders(besides: Lintel.name).joined(separator: ", ")
    }
}
