public import Boot
import Configuration
import Contracts
import Failures
public import Foundation
public import Hummingbird
public import Messaging
public import Web

/// Sales: staff and sign-in, customers and their timeline, deals, units, contracts.
///
/// Its own settings: `LINTEL_SIGNING_KEY_FILE` (required: the Ed25519 key that signs people in),
/// `LINTEL_SEED_STAFF_FILE` and `LINTEL_SEED_PROJECTS_FILE` (what the installation begins with),
/// `LINTEL_SESSION_HOURS` (8), `LINTEL_HOLD_MINUTES` (2880) and `LINTEL_SCRYPT_ROUNDS` (16384).
public struct SalesService: LintelService {
    public static let name = "sales"
    public static var resources: Bundle { .module }
    public static var metrics: [MetricDescription] { SalesMetrics.descriptions }
    public static var projections: [Projection] { [TimelineProjection.projection] }

    let app: SalesApp
    private let routes: SalesRoutes
    private let staffFile: String?
    private let projectsFile: String?

    public init(_ ground: Ground) throws {
        let config = ground.config
        var passwords = PasswordHash.Parameters()
        passwords.rounds = config.int(forKey: "scrypt.rounds", default: passwords.rounds)
        app = SalesApp(
            spine: ground.spine,
            passwords: passwords,
            usualHoldMinutes: config.int(forKey: "hold.minutes", default: UnitHold.usualMinutes)
        )
        guard let keyFile = config.string(forKey: "signing.key.file") else {
            throw Rejection.invalid(
                "LINTEL_SIGNING_KEY_FILE",
                "setting-missing",
                "LINTEL_SIGNING_KEY_FILE is not set: `openssl genpkey -algorithm ed25519` makes one."
            )
        }
        let issuer = try TokenIssuer(
            privateKeyFile: keyFile,
            issuer: "lintel",
            audience: "lintel",
            lifetime: .seconds(3_600 * config.int(forKey: "session.hours", default: 8))
        )
        routes = SalesRoutes(
            app: app,
            pages: ground.pages,
            issuer: issuer,
            isSecure: ground.settings.publicURL.hasPrefix("https:"),
            feed: ground.feed
        )
        staffFile = config.string(forKey: "seed.staff.file")
        projectsFile = config.string(forKey: "seed.projects.file")
    }

    public var subscriptions: [Subscription] { app.subscriptions }
    public var timers: [TimerHandler] { app.timers }
    public var rebuildable: [Projection] { app.projections }

    public func standings(of staff: [UUID]) async throws -> [UUID: Standing] {
        try await app.spine.read { try await StandingStore($0).of(staff) }
    }

    public func addRoutes(to router: Router<WebContext>) { routes.add(to: router) }

    public func measure() async throws { try await SalesMetrics.measure(app.spine) }

    public func prepare() async throws {
        if let staffFile { try await app.seedStaff(StaffSeed(file: staffFile)) }
        if let projectsFile { try await app.seedProjects(ProjectSeed(file: projectsFile)) }
    }
}
