import AMQP
import ArgumentParser
import Foundation
import Hummingbird
import Logging
import Messaging
import Metrics
import Postgres
import ServiceLifecycle
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
        let metrics = PrometheusRegistry()
        MetricsSystem.bootstrap(metrics)
        let ground = try Ground(for: Lintel.self)
        let applied = try await ground.migrate(Lintel.resources)
        ground.logger.info("starting", metadata: ["migrations.applied": "\(applied.count)"])
        let service = try Lintel(ground)
        try await service.prepare()
        var configuration = ServiceGroupConfiguration(
            services: try parts(of: service, ground, metrics).map { .init(service: $0) },
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
            endpoint,
            declaring: [.exchangeExists("lintel.events")],
            logger: ground.logger
        )
        let inlets =
            service.inlets.map { InletServices($0, spine, endpoint) }
            + [
                InletServices.events(service.subscriptions, spine, endpoint), InletServices.dead(spine, endpoint),
            ]
        let server = WebServer(
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
            feed: ground.feed,
            metrics: metrics,
            readiness: Readiness.checks(spine, publisher, inlets),
            logger: ground.logger
        ) { router in
            service.addRoutes(to: router)
            OperationsRoutes(
                spine: spine,
                pages: ground.pages,
                isDevelopment: ground.settings.isDevelopment,
                publishing: { publisher.state },
                queues: { inlets.map(\.queueState) },
                letters: DeadLetters(spine, readers: service.readers)
            ).add(to: router)
        }
        return [spine.database, publisher, Relay(spine, publisher), Housekeeping(spine)]
            + [
                Tally(
                    spine,
                    hearing: service.subscriptions,
                    every: ground.settings.tallyInterval
                )
            ]
            + [TimerLoop(spine, service.timers)] + service.services + inlets.flatMap(\.services) + server.services
    }
}

/// What must hold for a service to be ready, each with its reason when it does not.
enum Readiness {
    static func checks(_ spine: Spine, _ publisher: Publisher, _ inlets: [InletServices]) -> [ReadinessCheck] {
        [
            ReadinessCheck("database") { _ = try await spine.read { tx in try await tx.rows("SELECT 1") } },
            ReadinessCheck("broker, publishing") { try isRunning(publisher.state) },
            ReadinessCheck("broker, consuming") { for inlet in inlets { try isRunning(inlet.state()) } },
            ReadinessCheck("outbox") {
                let age = try await spine.backlog().outboxOldestSeconds
                if age > 60 { throw NotReady(reason: "the oldest event has waited for \(Int(age)) s") }
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
