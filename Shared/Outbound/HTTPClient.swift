import CCurl

/// An HTTP client over libcurl for calls that do something at somebody else's: gateways, webhooks.
///
/// Every transfer runs on a thread of the client's own. Redirects are not followed.
public final class HTTPClient: Sendable {
    public struct Configuration: Sendable {
        /// Calls at once.
        public var connections = 8
        public var connectTimeout: Duration = .seconds(3)
        /// For the whole call.
        public var timeout: Duration = .seconds(10)
        /// The certificates that are trusted; nil for the system's.
        public var caFile: String?

        public init() {}
    }

    private let configuration: Configuration
    private let lines: Lines

    public init(_ configuration: Configuration = .init()) {
        self.configuration = configuration
        lines = Lines(configuration.connections, name: "http")
    }

    /// Makes the call and tells how it ended; it never throws.
    public func send(_ call: Call) async -> Outcome {
        let configuration = configuration
        return await lines.run { easy in call.run(on: easy, configuration) }.ofRequest
    }

    /// Ends the threads; calls that are made afterwards never return, so stop those who make them first.
    public func close() async { await lines.close() }
}

extension HTTPClient {
    /// One request.
    public struct Call: Sendable {
        public var method = "GET"
        public var url: String
        public var headers: [String] = []
        /// Sent with other methods than GET.
        public var body: String?
        /// Whether it does no harm when the server gets it twice.
        ///
        /// On a kept connection that turns out dead, libcurl repeats a request by itself, although the server may have
        /// acted upon it. What must not be done twice is therefore sent on a fresh connection.
        public var isRepeatable = false

        public init(_ url: String) { self.url = url }

        func run(on easy: Easy, _ configuration: Configuration) -> Ending {
            easy.set(CURLOPT_URL, url)
            easy.set(CURLOPT_PROTOCOLS_STR, "http,https")
            easy.set(CURLOPT_CONNECTTIMEOUT_MS, configuration.connectTimeout)
            easy.set(CURLOPT_TIMEOUT_MS, configuration.timeout)
            if let caFile = configuration.caFile { easy.set(CURLOPT_CAINFO, caFile) }
            easy.set(CURLOPT_HTTPHEADER, headers)
            easy.set(CURLOPT_FRESH_CONNECT, !isRepeatable)
            easy.set(CURLOPT_FORBID_REUSE, !isRepeatable)
            if method != "GET" { easy.set(CURLOPT_CUSTOMREQUEST, method) }
            if let body {
                easy.set(CURLOPT_POSTFIELDSIZE, body.utf8.count)
                easy.set(CURLOPT_COPYPOSTFIELDS, body)
            }
            return easy.perform(takingText: .body)
        }
    }
}
