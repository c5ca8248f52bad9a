import Foundation
public import Logging
import Metrics
import Outbound
public import ServiceLifecycle
import Traces

/// Posts spans to an OpenTelemetry collector (OTLP over HTTP, as JSON), in batches, beside the business.
///
/// When the collector is away spans are dropped and counted; nothing waits for it. What there is when the process stops
/// is sent then, once.
public struct SpanExporter: Service {
    private let settings: OTLPSettings
    private let queue: SpanQueue
    private let client: HTTPClient
    private let logger: Logger
    private let exported = Counter(label: "spans_exported_total")
    private let dropped = Counter(label: "spans_dropped_total", dimensions: [("reason", "collector")])

    public init(_ settings: OTLPSettings, logger: Logger) {
        self.settings = settings
        self.logger = logger
        queue = SpanQueue(capacity: settings.capacity, batch: settings.batch)
        var configuration = HTTPClient.Configuration()
        configuration.connections = 1
        configuration.timeout = settings.timeout
        configuration.caFile = settings.caFile
        client = HTTPClient(configuration)
        exported.increment(by: 0)
        dropped.increment(by: 0)
    }

    /// What makes the spans that this sends; hand it to `Traces.bootstrap`.
    public var tracer: OTLPTracer { OTLPTracer(sampler: settings.sampler, queue: queue) }

    public func run() async throws {
        var isAway = false
        while !isStopping {
            await pause(hurries: !isAway)
            repeat {
                guard let arrived = await post(queue.take()) else { break }
                if arrived == isAway { tell(isAway: !arrived) }
                isAway = !arrived
            } while queue.isReady && !isAway && !isStopping
        }
        while let arrived = await post(queue.take()), arrived {}
        await client.close()
    }

    private var isStopping: Bool { Task.isCancelled || Task.isShuttingDownGracefully }

    /// Waits for the usual time, or until there is enough for a post.
    private func pause(hurries: Bool) async {
        let end = ContinuousClock.now + settings.delay
        while ContinuousClock.now < end, !isStopping, !(hurries && queue.isReady) {
            try? await Task.sleep(for: min(settings.delay, .milliseconds(100)))
        }
    }

    /// Whether the collector took them; nil when there is nothing to send.
    private func post(_ spans: [EndedSpan]) async -> Bool? {
        guard !spans.isEmpty else { return nil }
        var call = HTTPClient.Call(settings.endpoint)
        call.method = "POST"
        call.headers = ["Content-Type: application/json"] + settings.headers
        call.body = OTLPMessage.text(of: spans, resource: settings.resource)
        // The collector may get a batch twice: it knows spans by their ids.
        call.isRepeatable = true
        if case .accepted = await client.send(call) {
            exported.increment(by: spans.count)
            return true
        }
        dropped.increment(by: spans.count)
        return false
    }

    private func tell(isAway: Bool) {
        if isAway {
            logger.warning("traces: the collector does not take them; they are dropped until it does")
        } else {
            logger.info("traces: the collector takes them again")
        }
    }
}
