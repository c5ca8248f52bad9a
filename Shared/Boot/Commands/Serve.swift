import AMQP
import ArgumentParser
import Foundation
import Hummingbird
import Logging
import Messaging
import Metrics
import OTLP
import Postgres
import ServiceLifecycle
import Traces
import UnixSignals
import Web

/// Runs the service until it is told to stop.
struct Serve<Lintel: LintelService>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "serve", abstract: "Run the service (the default).")
    }

    func run() async throws {
        // A peer that hangs up must not end the process.
        signal(SIGPIPE, SIG_IGN)
        LogBootstrap.run(service: Lintel.name, toStandardError: false)
        let metrics = PrometheusRegistry(
            labels: [("service", Lintel.name)],
            describing: SpineMetrics.all + Lintel.metrics
        )
        MetricsSystem.bootstrap(metrics)
        let exporter = OTLPSettings(service: Lintel.name).map {
            SpanExporter($0, logger: Logger(label: "lintel.traces"))
        }
        if let exporter { Traces.bootstrap(exporter.tracer) }
        let ground = try Ground(for: Lintel.self)
        let applied = try await ground.migrate(Lintel.resources)
        ground.logger.info("starting", metadata: ["migrations.applied": "\(applied.count)"])
        let service = try Lintel(ground)
        try await Patience(logger: ground.logger) { try await service.prepare() }
        var configuration = ServiceGroupConfiguration(
            services: (try (exporter.map { [$0] } ?? []) + parts(of: service, ground, metrics)).map {
                .init(service: $0)
            },
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: ground.logger
        )
        configuration.maximumGracefulShutdownDuration = .seconds(25)
        try await ServiceGroup(configuration: configuration).run()
        ground.logger.info("stopped")
    }

    /// Everything that runs, in the order in which it is needed: what comes first is stopped last.
    private func parts(of service: Lintel, _ ground: Ground, _ metrics: PrometheusRegistry) throws -> [any Service] {
        let spine = ground.spine
        var endpoint = try Endpoint(url: ground.settings.amqpURL)
        endpoint.connectionName = "lintel-\(Lintel.name)"
        let publisher = Publisher(
            endpoint.named("publish"),
            declaring: [.exchangeExists("lintel.events")],
            logger: ground.logger
        )
        let inlets =
            service.inlets.map { InletServices($0, spine, endpoint) }
            + [
                InletServices.events(service.subscriptions, spine, endpoint), InletServices.dead(spine, endpoint),
            ]
        let server = webServer(of: service, ground, metrics, publisher, inlets)
        return [
            spine.database, publisher, Relay(spine, publisher),
            Housekeeping(spine, keeping: ground.settings.monthsKept),
            Tally(spine, hearing: service.subscriptions, every: ground.settings.tallyInterval),
            TimerLoop(spine, service.timers),
            Measuring(service: service, logger: ground.logger),
        ]
            + service.services + inlets.flatMap(\.services) + server.services
    }

    /// How somebody stands; people who ask while a question is on its way are asked about together, so that a crowd costs two.
    private static func standing(in service: Lintel) -> Standing.Lookup {
        let standings = GroupCommit<UUID, Standing?> { staff in
            let found = try await service.standings(of: Array(Set(staff)))
            return staff.map { found[$0] }
        }
        return { try await standings($0) }
    }

    /// What answers HTTP: the service's own routes, and those that every service has.
    private func webServer(
        of service: Lintel,
        _ ground: Ground,
        _ metrics: PrometheusRegistry,
        _ publisher: Publisher,
        _ inlets: [InletServices]
    ) -> WebServer {
        WebServer(
            configuration: .init(
                service: Lintel.name,
                host: ground.settings.host,
                port: ground.settings.port,
                opsHost: ground.settings.opsHost,
                opsPort: ground.settings.opsPort,
                publicURL: ground.settings.publicURL,
                development: ground.settings.isDevelopment
            ),
            pages: ground.pages,
            verifier: ground.verifier,
            standing: Self.standing(in: service),
            feed: ground.feed,
            metrics: metrics,
            readiness: Readiness.checks(ground.spine, publisher, inlets),
            logger: ground.logger
        ) { router in
            service.addRoutes(to: router)
            OperationsRoutes(
                spine: ground.spine,
                pages: ground.pages,
                isDevelopment: ground.settings.isDevelopment,
                publishing: { publisher.state },
                queues: { inlets.map(\.queueState) },
                figures: { try await service.figures($0) },
                letters: DeadLetters(ground.spine, readers: service.readers)
            ).add(to: router)
        }
    }
}

/// What must hold for a service to be ready, each with its reason when it does not.
enum Readiness {
    static func checks(_ spine: Spine, _ publisher: Publisher, _ inlets: [InletServices]) -> [ReadinessCheck] {
        [
            ReadinessCheck("database") { _ = try await spine.read { tx in try await tx.rows("SELECT 1") } },
            ReadinessCheck("broker, publishing") { try isRunning(publisher.state) },
            ReadinessCheck("broker, consuming") { for inlet in inlets { try isRunning(inlet.state()) } },
            ReadinessCheck(mayWarn: "outbox") {
                let backlog = try await spine.backlog()
                let age = backlog.outboxWaitingSeconds
                if age > 60 { throw NotReady(reason: "the oldest event has waited for \(Int(age)) s") }
                // Somebody must mend the binding, but what people ask of this service can be done all the same.
                guard backlog.unroutable > 0 else { return nil }
                return "events that no queue is bound to: \(backlog.unroutable) (see the command `outbox`)"
            },
        ]
    }

    struct NotReady: Error, CustomStringConvertible {
        let reason: String
        var description: String { reason }
    }

    private static func isRunning(_ state: ConnectionState) throws {
        switch state {
        case .running: return
        case .blocked(let reason): throw NotReady(reason: "blocked by the broker: \(reason)")
        case .topologyDrift(let what): throw NotReady(reason: "topology drift: \(what)")
        case .connecting(let attempt, let error):
            throw NotReady(reason: "connecting, attempt \(attempt): \(error ?? "no error yet")")
        case .closed: throw NotReady(reason: "closed")
        }
    }
}
