import HTTPTypes
public import Hummingbird
public import Logging
public import ServiceLifecycle

/// The HTTP side of one service: its application, and the operators' port beside it.
public struct WebServer: Sendable {
    /// Where the service answers and how it is reached.
    public struct Configuration: Sendable {
        /// The prefix of all its paths: `leads`, `sales`, `service`, `notify`.
        public var service: String
        public var host: String
        public var port: Int
        /// Where health and metrics are served; at `host` when it is nil.
        public var opsHost: String?
        public var opsPort: Int
        /// Where people reach the console.
        ///
        /// When it is https, cookies are `Secure`.
        public var publicURL: String
        /// Serves the vendor files itself, where no proxy does.
        public var development: Bool
        /// The largest request body, in bytes.
        public var bodyLimit: Int

        public init(
            service: String,
            host: String = "127.0.0.1",
            port: Int,
            opsHost: String? = nil,
            opsPort: Int,
            publicURL: String,
            development: Bool = false,
            bodyLimit: Int = 256 * 1_024
        ) {
            self.service = service
            self.host = host
            self.port = port
            self.opsHost = opsHost
            self.opsPort = opsPort
            self.publicURL = publicURL
            self.development = development
            self.bodyLimit = bodyLimit
        }

        /// Whether people come over TLS.
        public var isSecure: Bool { publicURL.hasPrefix("https:") }
    }

    /// What answers requests; tests call it without a socket.
    public let responder: RouterResponder<WebContext>
    /// The same for the operators' port.
    public let operations: RouterResponder<BasicRequestContext>
    /// The parts to run in a `ServiceGroup`, after what they need.
    public let services: [any Service]

    public init(
        configuration: Configuration,
        pages: Pages,
        verifier: TokenVerifier,
        standing: @escaping Standing.Lookup = { _ in nil },
        feed: LiveFeed? = nil,
        metrics: PrometheusRegistry? = nil,
        readiness: [ReadinessCheck] = [],
        logger: Logger,
        routes: (Router<WebContext>) -> Void
    ) {
        let router = Router(context: WebContext.self, options: .autoGenerateHeadEndpoints)
        let isSecure = configuration.isSecure
        router.add(middleware: RequestStart(uploadLimit: configuration.bodyLimit))
        router.add(middleware: SecurityHeaders(isSecure: isSecure))
        router.add(middleware: Problems(pages: pages))
        AssetRoutes.add(to: router, configuration: configuration, assets: pages.assets)
        router.add(middleware: SignIn(verifier: verifier, standing: standing, isSecure: isSecure))
        router.add(middleware: Problems(pages: pages))
        router.add(middleware: CSRF(isSecure: isSecure))
        routes(router)
        responder = router.buildResponder()
        operations = OperationsRoutes.router(readiness: readiness, metrics: metrics).buildResponder()
        let application = Application(
            responder: responder,
            configuration: ApplicationConfiguration(
                address: .hostname(configuration.host, port: configuration.port),
                serverName: nil
            ),
            logger: logger
        )
        let ops = Application(
            responder: operations,
            configuration: ApplicationConfiguration(
                address: .hostname(configuration.opsHost ?? configuration.host, port: configuration.opsPort),
                serverName: nil
            ),
            logger: logger
        )
        services = (feed.map { [$0] } ?? []) + [ops, application]
    }
}
