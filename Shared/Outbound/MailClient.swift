import CCurl

/// Sends mail through one SMTP server, with STARTTLS or TLS and a sign-in, over libcurl on threads of its own.
public final class MailClient: Sendable {
    public struct Configuration: Sendable {
        /// `smtp://host:port` (STARTTLS) or `smtps://host:port`; the host must be in the server's certificate.
        public var url: String
        public var user: String?
        public var password: String?
        /// The certificates that are trusted; nil for the system's.
        public var caFile: String?
        /// Mails at once; each keeps its connection.
        public var connections = 4
        public var connectTimeout: Duration = .seconds(5)
        /// For the whole mail.
        public var timeout: Duration = .seconds(20)

        public init(url: String) { self.url = url }
    }

    private let configuration: Configuration
    private let lines: Lines

    public init(_ configuration: Configuration) {
        self.configuration = configuration
        lines = Lines(configuration.connections, name: "smtp")
    }

    /// Sends one mail to one recipient and tells how it ended; it never throws.
    public func send(_ mail: Mail) async -> Outcome {
        let configuration = configuration
        return await lines.run { easy in mail.run(on: easy, configuration) }.ofMail
    }

    /// Ends the threads; calls that are made afterwards never return, so stop those who make them first.
    public func close() async { await lines.close() }
}

extension Mail {
    func run(on easy: Easy, _ configuration: MailClient.Configuration) -> Ending {
        easy.set(CURLOPT_URL, configuration.url)
        easy.set(CURLOPT_PROTOCOLS_STR, "smtp,smtps")
        easy.set(CURLOPT_USE_SSL, Int(CURLUSESSL_ALL.rawValue))
        easy.set(CURLOPT_CONNECTTIMEOUT_MS, configuration.connectTimeout)
        easy.set(CURLOPT_TIMEOUT_MS, configuration.timeout)
        if let caFile = configuration.caFile { easy.set(CURLOPT_CAINFO, caFile) }
        if let user = configuration.user { easy.set(CURLOPT_USERNAME, user) }
        if let password = configuration.password { easy.set(CURLOPT_PASSWORD, password) }
        easy.set(CURLOPT_MAIL_FROM, "<\(from.address)>")
        easy.set(CURLOPT_MAIL_RCPT, ["<\(recipient.address)>"])
        easy.set(CURLOPT_HTTPHEADER, headerLines)
        easy.setAlternatives(
            [("text/plain; charset=utf-8", text)] + (html.map { [("text/html; charset=utf-8", $0)] } ?? [])
        )
        return easy.perform(takingText: .lastHeaderLine)
    }
}
