public import Configuration
import Foundation
public import Logging
public import Messaging
import Postgres
public import Web

/// What a service is built on: prepared, but not running.
public struct Ground: Sendable {
    public let spine: Spine
    public let settings: Settings
    public let pages: Pages
    public let feed: LiveFeed
    public let logger: Logger
    let reader: SettingsReader
    let verifier: TokenVerifier

    /// The service's own variables: `config.string(forKey: "sms.url")` is `LINTEL_SMS_URL`.
    public var config: ConfigReader { reader.config }

    /// A secret from its variable or its file; nil when neither is set.
    public func secret(_ key: String) throws -> String? { try reader.secret(key) }

    /// A value that must be set.
    public func required(_ key: String) throws -> String { try reader.required(key) }

    /// Prepares the ground for a service.
    init<Lintel: LintelService>(for service: Lintel.Type) throws {
        let logger = Logger(label: "lintel.\(Lintel.name)")
        let reader = SettingsReader()
        let settings = try Settings(reader)
        let clock = ServiceClock()
        var configuration = Database.Configuration(url: settings.databaseURL)
        configuration.applicationName = "lintel-\(Lintel.name)"
        configuration.poolSize = settings.poolSize
        self.logger = logger
        self.reader = reader
        self.settings = settings
        spine = Spine(
            service: Lintel.name,
            database: Database(configuration, logger: logger),
            clock: clock,
            projections: Lintel.projections,
            pace: Lintel.pace,
            replica: "\(Ground.hostName)-\(settings.port)",
            logger: logger
        )
        pages = try Pages(
            service: Lintel.name,
            bundle: Lintel.resources,
            zone: settings.zone,
            now: { clock.now }
        )
        feed = LiveFeed()
        verifier = try TokenVerifier(jwksFile: settings.jwksFile, issuer: "lintel", audience: "lintel")
    }

    /// The machine's or the container's own name.
    private static var hostName: String {
        var name = [CChar](repeating: 0, count: 65)
        let isKnown = gethostname(&name, name.count - 1) == 0
        return isKnown ? String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self) : "host"
    }

    /// Brings the schema up to date.
    ///
    /// Waits for a database that is still starting.
    func migrate(_ resources: Bundle) async throws -> [String] {
        let folders = [SpineMigrations.folder, resources.bundleURL.appending(path: "Migrations")]
        return try await Patience(logger: logger) {
            let applied = try await Migrator(folders: folders, logger: logger).apply(to: spine.database)
            try await spine.clock.load(from: spine.database)
            return applied
        }
    }
}

/// Gives a command the service on its ground, migrated, and closes the database afterwards.
public func withService<Lintel: LintelService, Result>(
    _ type: Lintel.Type,
    _ body: (Lintel, Ground) async throws -> Result
) async throws -> Result {
    LogBootstrap.run(service: Lintel.name, toStandardError: true)
    let ground = try Ground(for: type)
    do {
        _ = try await ground.migrate(Lintel.resources)
        let result = try await body(try Lintel(ground), ground)
        await ground.spine.database.close()
        return result
    } catch {
        await ground.spine.database.close()
        throw error
    }
}
