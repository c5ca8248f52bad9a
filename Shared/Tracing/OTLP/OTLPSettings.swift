public import Foundation

/// What OpenTelemetry's own variables say, by their standard names; `docs/configuration.md` lists those that are heard.
public struct OTLPSettings: Sendable {
    /// Where spans are posted: the address with `/v1/traces`.
    var endpoint: String
    /// Header lines that go along: `Authorization: …`.
    var headers: [String] = []
    var caFile: String?
    /// For one post.
    var timeout: Duration = .seconds(10)
    var sampler = Sampler(followsParent: true, share: 1)
    /// What is told of the process, besides `service.name`.
    var resource: [String: String] = [:]
    /// Spans that wait to be sent, at most: what comes when it is full is dropped and counted.
    var capacity = 2_048
    /// Spans in one post.
    var batch = 512
    /// Between two posts, when there are fewer.
    var delay: Duration = .seconds(5)

    /// Nil when tracing is off: no endpoint is named.
    public init?(service: String, _ environment: [String: String] = ProcessInfo.processInfo.environment) {
        func value(_ name: String) -> String? { environment["OTEL_" + name].flatMap { $0.isEmpty ? nil : $0 } }
        func number(_ name: String) -> Int? { value(name).flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil } }
        guard value("SDK_DISABLED")?.lowercased() != "true", value("TRACES_EXPORTER") != "none" else { return nil }
        if let traces = value("EXPORTER_OTLP_TRACES_ENDPOINT") {
            endpoint = traces
        } else if let base = value("EXPORTER_OTLP_ENDPOINT") {
            endpoint = (base.hasSuffix("/") ? String(base.dropLast()) : base) + "/v1/traces"
        } else {
            return nil
        }
        headers = OTLPSettings.pairs(value("EXPORTER_OTLP_TRACES_HEADERS") ?? value("EXPORTER_OTLP_HEADERS"))
            .sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
        caFile = value("EXPORTER_OTLP_TRACES_CERTIFICATE") ?? value("EXPORTER_OTLP_CERTIFICATE")
        if let limit = number("EXPORTER_OTLP_TRACES_TIMEOUT") ?? number("EXPORTER_OTLP_TIMEOUT") {
            timeout = .milliseconds(limit)
        }
        sampler = Sampler(name: value("TRACES_SAMPLER"), argument: value("TRACES_SAMPLER_ARG"))
        resource = OTLPSettings.pairs(value("RESOURCE_ATTRIBUTES"))
        resource["service.name"] = value("SERVICE_NAME") ?? resource["service.name"] ?? "lintel-\(service)"
        capacity = number("BSP_MAX_QUEUE_SIZE") ?? capacity
        batch = min(capacity, number("BSP_MAX_EXPORT_BATCH_SIZE") ?? batch)
        if let pause = number("BSP_SCHEDULE_DELAY") { delay = .milliseconds(pause) }
    }

    /// `a=b,c=d`, percent-encoded.
    private static func pairs(_ text: String?) -> [String: String] {
        let pairs = (text ?? "").split(separator: ",").compactMap { pair -> (String, String)? in
            let sides = pair.split(separator: "=", maxSplits: 1)
            guard sides.count == 2 else { return nil }
            let (key, value) = (
                sides[0].trimmingCharacters(in: .whitespaces), sides[1].trimmingCharacters(in: .whitespaces)
            )
            return (key, value.removingPercentEncoding ?? value)
        }
        return Dictionary(pairs) { _, last in last }
    }
}

/// Which traces are recorded.
struct Sampler: Sendable, Equatable {
    /// Whether what somebody else has begun is recorded when they do.
    var followsParent: Bool
    /// The share of the traces that begin here, 0 to 1.
    var share: Double

    init(followsParent: Bool, share: Double) {
        self.followsParent = followsParent
        self.share = share
    }

    /// By the names that OpenTelemetry gives: `parentbased_traceidratio` and so on.
    init(name: String?, argument: String?) {
        let name = name ?? "parentbased_always_on"
        let ratio = argument.flatMap { Double($0) }.map { min(1, max(0, $0)) } ?? 1
        followsParent = name.hasPrefix("parentbased_")
        share = name.hasSuffix("always_off") ? 0 : name.hasSuffix("traceidratio") ? ratio : 1
    }

    /// Whether a trace is recorded: by its id, so that everybody with the same share decides alike.
    func samples(trace: (UInt64, UInt64), parent: Bool?) -> Bool {
        if followsParent, let parent { return parent }
        if share >= 1 { return true }
        return Double(trace.1 >> 1) < share * 0x1p63
    }
}
