import AMQP
public import ArgumentParser
public import Boot
import Configuration
import Contracts
public import Foundation
public import Hummingbird
import Logging
public import Messaging
public import ServiceLifecycle
public import Web

/// Leads as an executable: the intake of submissions, persons, leads and who looks after them.
///
/// `LINTEL_AUDIT_PATIENCE_SECONDS`: how long an event may be under way to another service before the audit misses it.
/// `LINTEL_DOCUMENT_KEY`: the secret, of 16 bytes at least, under which numbers of identity documents are kept as digests;
/// without it none are taken.
/// `LINTEL_CHANNELS_FILE`: `{"channels": [{"name", "kind", "key"}]}`, the channels that are added or changed at start.
/// `LINTEL_AMQP_MANAGEMENT_URL`, `LINTEL_AMQP_MANAGEMENT_USER`, `LINTEL_AMQP_MANAGEMENT_PASSWORD`: RabbitMQ's management
/// interface, through which channels get broker users; none can be made where it is not set.
/// `LINTEL_REFERRAL_URL`: the address of the form that people who were recommended fill in, with `{code}` where the code
/// goes; referral codes are shown without a link where it is not set.
/// `LINTEL_META_GRAPH_URL`: where Meta's Graph API is, with its version (`https://graph.facebook.com/v23.0`).
/// `LINTEL_ACCESS_TOKENS`: the folder with the files that channels name their access tokens by.
/// `LINTEL_AUDIT_SECONDS`: how often it audits its own ledger (300); 0 for never.
public struct LeadsService: LintelService {
    public static let name = "leads"
    public static var resources: Bundle { LeadsApp.resources }
    public static var metrics: [MetricDescription] { LeadMetrics.descriptions }
    /// An agent waits to be told of a lead.
    public static var pace: Pace { Pace(events: Pace.calm.events, relay: .zero) }
    public static var commands: [any AsyncParsableCommand.Type] { [Audit.self] }

    let app: LeadsApp
    private let pages: Pages
    private let feed: LiveFeed
    private let channelsFile: String?
    /// Nil when nobody wants it.
    private let auditWatch: AuditWatch?
    private let brokerUserWatch: BrokerUserWatch
    private let watchLeads: WatchLeads
    private let asides: [Aside]

    public init(_ ground: Ground) throws {
        let feed = ground.feed
        self.feed = feed
        pages = ground.pages
        channelsFile = ground.config.string(forKey: "channels.file")
        app = LeadsApp(
            ground.spine,
            auditPatience: ground.config.double(forKey: "audit.patience.seconds", default: 900),
            documentKey: try ground.secret("document.key").flatMap(DocumentKey.init),
            zone: ground.settings.zone,
            broker: try BrokerManagement(ground),
            referralURL: ground.config.string(forKey: "referral.url").flatMap { $0.isEmpty ? nil : $0 },
            graph: MetaGraph(url: ground.config.string(forKey: "meta.graph.url", default: MetaGraph.standardURL)),
            tokens: AccessTokens(folder: ground.config.string(forKey: "access.tokens")),
            announce: { LeadsLive.announce($0, on: feed) },
            dismiss: { feed.dismiss($0.uuid) }
        )
        brokerUserWatch = BrokerUserWatch(settle: app.settleBrokerUsers, logger: ground.logger)
        let auditSeconds = ground.config.int(forKey: "audit.seconds", default: 300)
        auditWatch =
            auditSeconds <= 0
            ? nil : AuditWatch(audit: app.auditLedger, interval: .seconds(auditSeconds), logger: ground.logger)
        watchLeads = WatchLeads(spine: ground.spine, feed: feed)
        asides = LeadsService.asides(app, monthsKept: ground.settings.monthsKept["journal"], ground.logger)
    }

    /// What follows what has happened by some seconds, so that nobody waits for it.
    private static func asides(_ app: LeadsApp, monthsKept: Int?, _ logger: Logger) -> [Aside] {
        let prune = PruneRosters(spine: app.spine, months: monthsKept)
        let tags = TagTurns(keep: app.keepTags, fold: app.foldTags, spine: app.spine, logger: logger)
        func aside(
            _ pause: Duration,
            _ complaint: Logger.Message,
            _ turn: @escaping @Sendable () async throws -> Bool
        ) -> Aside {
            Aside(makingWayIn: app.spine.rush, every: pause, complaint, logger, turn: turn)
        }
        return [
            aside(.seconds(2), "marketing's sums: will try again") { try await app.foldReturn() },
            aside(.seconds(1), "tags: will try again") { try await tags() },
            aside(.seconds(5), "counts: could not be taken") { try await app.keepCounts() },
            aside(.seconds(3_600), "rosters: could not be dropped") { try await prune() },
            aside(.seconds(1), "scores: will try again") { try await app.scoreLeads() },
            aside(.seconds(5), "comparing people: will try again") { try await app.compareStock() },
        ]
    }

    public var subscriptions: [Subscription] { app.subscriptions }
    public var inlets: [any Inlet] { [app.intake] }
    public var timers: [TimerHandler] { app.timers }
    public var rebuildable: [Projection] { app.projections }
    public var services: [any ServiceLifecycle.Service] {
        let always: [any ServiceLifecycle.Service] = [
            brokerUserWatch, watchLeads,
            ImportLoop(advance: app.advanceImport, signal: app.importSignal, logger: app.spine.logger),
            FetchLoop(fetch: app.fetchLeads, signal: app.fetchSignal, logger: app.spine.logger),
        ]
        return ([auditWatch] as [(any ServiceLifecycle.Service)?]).compactMap(\.self) + always + asides
    }

    public func standings(of staff: [UUID]) async throws -> [UUID: Standing] {
        try await app.spine.read { try await StandingStore($0).of(staff) }
    }

    public func addRoutes(to router: Router<WebContext>) {
        LeadsService.addRoutes(app, pages: pages, feed: feed, to: router)
    }

    static func addRoutes(_ app: LeadsApp, pages: Pages, feed: LiveFeed, to router: Router<WebContext>) {
        let group = router.group("leads")
        addIntake(app, pages, to: group)
        addLeads(app, pages, feed, to: group)
        addPeople(app, pages, to: group)
        addMarketing(app, pages, to: group)
    }

    /// How enquiries come in, and what became of each.
    private static func addIntake(_ app: LeadsApp, _ pages: Pages, to group: RouterGroup<WebContext>) {
        IntakeRoutes(app: app).add(to: group)
        LedgerPages(app: app, pages: pages).add(to: group)
        AuditPages(app: app, pages: pages).add(to: group)
        ChannelRoutes(app: app, pages: pages).add(to: group)
        ChannelPages(app: app, pages: pages).add(to: group)
        HookRoutes(app: app, zone: pages.viewer(.english).zone).add(to: group)
        AdapterPages(app: app, pages: pages).add(to: group)
        ManualEntryPages(app: app, pages: pages).add(to: group)
        ImportRoutes(app: app).add(to: group)
        ImportPages(app: app, pages: pages).add(to: group)
    }

    /// Leads, and who gets them.
    private static func addLeads(_ app: LeadsApp, _ pages: Pages, _ feed: LiveFeed, to group: RouterGroup<WebContext>) {
        LeadRoutes(app: app, pages: pages).add(to: group)
        LeadListPages(app: app, pages: pages, feed: feed).add(to: group)
        LeadPages(app: app, pages: pages).add(to: group)
        LeadActRoutes(app: app, pages: pages).add(to: group)
        BulkRoutes(app: app, pages: pages).add(to: group)
        RuleRoutes(app: app).add(to: group)
        RulePages(app: app, pages: pages).add(to: group)
        ExplainPages(app: app, pages: pages).add(to: group)
        PoolRoutes(app: app, pages: pages).add(to: group)
        PoolPages(app: app, pages: pages).add(to: group)
        SettingsPages(app: app, pages: pages).add(to: group)
        AttendancePages(app: app, pages: pages).add(to: group)
        CalendarPages(app: app, pages: pages).add(to: group)
        GradingPages(app: app, pages: pages).add(to: group)
        ScorePages(app: app, pages: pages).add(to: group)
        LeadFragments(app: app, pages: pages).add(to: group)
        ExportPages(app: app, pages: pages).add(to: group)
    }

    /// Who they are, what they allow, and how far they have come.
    private static func addPeople(_ app: LeadsApp, _ pages: Pages, to group: RouterGroup<WebContext>) {
        PersonPages(app: app, pages: pages).add(to: group)
        LifePages(app: app, pages: pages).add(to: group)
        ReferralPages(app: app, pages: pages).add(to: group)
        ReferralRoutes(app: app).add(to: group)
        PersonRoutes(app: app, pages: pages).add(to: group)
        ReviewPages(app: app, pages: pages).add(to: group)
        PinRoutes(app: app, pages: pages).add(to: group)
        ConsentRoutes(app: app, pages: pages).add(to: group)
        PrivacyRoutes(app: app, pages: pages).add(to: group)
    }

    /// What marketing sends, and what it brings.
    private static func addMarketing(_ app: LeadsApp, _ pages: Pages, to group: RouterGroup<WebContext>) {
        CampaignRoutes(app: app).add(to: group)
        CampaignPages(app: app, pages: pages).add(to: group)
        ReturnPages(app: app, pages: pages).add(to: group)
        TagPages(app: app, pages: pages).add(to: group)
        SegmentPages(app: app, pages: pages).add(to: group)
        SegmentRoutes(app: app).add(to: group)
        NurturePages(app: app, pages: pages).add(to: group)
        NurtureRoutes(app: app).add(to: group)
        AudiencePages(app: app, pages: pages).add(to: group)
    }

    public func prepare() async throws {
        try await app.adoptLedger()
        try await app.spine.perform(Cause(actor: "system")) { try await app.keepValues.begin($0) }
        if let channelsFile { try await SeedChannels(spine: app.spine)(fromFile: channelsFile) }
        LeadMetrics.begin(channels: try await app.spine.read { try await ChannelStore($0).all() }.map(\.key))
    }

    public func figures(_ viewer: Viewer) async throws -> [OperationsFigure] {
        [OperationsFigure(try await app.spine.read { try await FetchStore($0).backlog() }, viewer)]
    }

    public func measure() async throws { try await LeadMetrics.measure(app.spine) }
}

extension BrokerManagement {
    /// What the settings name; nil where they name none.
    fileprivate init?(_ ground: Ground) throws {
        guard let url = ground.config.string(forKey: "amqp.management.url"), !url.isEmpty else { return nil }
        self.init(
            url: url,
            user: try ground.required("amqp.management.user"),
            password: try ground.required("amqp.management.password"),
            virtualHost: try Endpoint(url: ground.settings.amqpURL).virtualHost
        )
    }
}
