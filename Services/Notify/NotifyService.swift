public import Boot
import Configuration
import Contracts
import Failures
public import Foundation
public import Hummingbird
import Logging
public import Messaging
import Outbound
import Postgres
public import ServiceLifecycle
public import Web

/// Notify: tells people what they need to know, once, by the means they allow, and remembers what became of it.
///
/// Configuration: `smtp.url`, `smtp.user`, `smtp.password`, `smtp.ca.file`, `smtp.from` (`Name <address>`); `sms.url`
/// (Kannel's `sendsms`), `sms.user`, `sms.password`, `sms.from`, `sms.callback.url` (where the gateway reaches
/// `/notify/hooks/sms`), `sms.inbound.key` (optional; required of texts that come in when it is set).
public struct NotifyService: LintelService {
    public static let name = "notify"
    public static var resources: Bundle { .module }
    public static var metrics: [MetricDescription] { SendingMetrics.descriptions }
    /// Somebody waits for the message, and nobody for what is said of it.
    public static var pace: Pace { Pace(events: .zero, relay: Pace.calm.relay) }

    let app: NotifyApp
    private let pages: Pages
    private let feed: LiveFeed
    private let sending: Sending
    private let inboundKey: String?

    public init(_ ground: Ground) throws {
        let password = try ground.required("sms.password")
        let keys = ReceiptKeys(password: password)
        let links = UnsubscribeLinks(publicURL: ground.settings.publicURL, password: password)
        let feed = ground.feed
        self.feed = feed
        app = NotifyApp(
            spine: ground.spine,
            templates: try Templates(
                folder: Bundle.module.resourceURL?.appending(path: "Texts"),
                zone: ground.settings.zone
            ),
            publicURL: ground.settings.publicURL,
            receiptKeys: keys,
            unsubscribeLinks: links,
            zone: ground.settings.zone,
            announce: { people in
                // An array of ids always encodes.
                for id in people { try? feed.publish(InboxRoutes.topic(of: id), json: [id], about: nil) }
            }
        )
        pages = ground.pages
        inboundKey = try ground.secret("sms.inbound.key")
        sending = Sending(
            spine: ground.spine,
            claimDue: app.claimDue,
            lanes: try Sending.Lane.Rank.allCases.flatMap { rank in
                [
                    Sending.Lane.sms(rank, SMSGateway(try .init(ground), keys: keys)),
                    .email(rank, MailServer(try .init(ground), from: try .sender(ground), links: links)),
                ]
            },
            reports: app.reports,
            wakeUp: app.wakeUp,
            logger: ground.logger
        )
    }

    public var subscriptions: [Subscription] { app.subscriptions }
    public var rebuildable: [Projection] { app.projections }
    public var services: [any ServiceLifecycle.Service] { [sending] }

    public func prepare() async throws { SendingMetrics.begin() }

    public func measure() async throws { try await SendingMetrics.measure(app.spine) }

    public func standings(of staff: [UUID]) async throws -> [UUID: Standing] {
        try await app.spine.read { try await StandingStore($0).of(staff, key: "staff_id") }
    }

    public func addRoutes(to router: Router<WebContext>) {
        let group = router.group("notify")
        MessageRoutes(app: app, pages: pages).add(to: group)
        HoldingRoutes.notify(app).add(to: group)
        TemplateRoutes(templates: app.writeMessages.templates, pages: pages).add(to: group)
        InboxRoutes(app: app, pages: pages, feed: feed).add(to: group)
        SettingsPages(app: app, pages: pages).add(to: group)
        StrangerPages(app: app, pages: pages).add(to: group)
        HookRoutes(app: app, inboundKey: inboundKey).add(to: group)
        UnsubscribeRoutes(app: app, pages: pages).add(to: group)
    }
}

extension SMSGateway.Configuration {
    fileprivate init(_ ground: Ground) throws {
        self.init(
            url: try ground.required("sms.url"),
            user: try ground.required("sms.user"),
            password: try ground.required("sms.password"),
            from: try ground.required("sms.from"),
            callbackURL: try ground.required("sms.callback.url"),
            connections: 32
        )
    }
}

extension MailClient.Configuration {
    fileprivate init(_ ground: Ground) throws {
        self.init(url: try ground.required("smtp.url"))
        user = ground.config.string(forKey: "smtp.user")
        password = try ground.secret("smtp.password")
        caFile = ground.config.string(forKey: "smtp.ca.file")
        connections = 4
    }
}

extension Mailbox {
    fileprivate static func sender(_ ground: Ground) throws -> Mailbox {
        let text = try ground.required("smtp.from")
        guard let mailbox = Mailbox(text) else {
            throw Rejection.invalid("LINTEL_SMTP_FROM", "no-mailbox", "LINTEL_SMTP_FROM is no mailbox: Name <address>.")
        }
        return mailbox
    }
}
