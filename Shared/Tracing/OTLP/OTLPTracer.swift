public import Instrumentation
import Synchronization
import Traces
public import Tracing

/// Makes spans and hands those that have ended to an exporter.
public struct OTLPTracer: Tracer {
    let sampler: Sampler
    let queue: SpanQueue

    public func startSpan<Instant: TracerInstant>(
        _ operationName: String,
        context: @autoclosure () -> InstrumentationContext,
        ofKind kind: SpanKind,
        at instant: @autoclosure () -> Instant,
        function: String,
        file fileID: String,
        line: UInt
    ) -> OTLPSpan {
        var context = context()
        let parent = context.trace
        let fresh = parent?.next() ?? .beginning(isSampled: true)
        let isSampled = sampler.samples(trace: fresh.trace, parent: parent?.isSampled)
        context.trace = TraceContext(trace: fresh.trace, span: fresh.span, isSampled: isSampled)
        return OTLPSpan(
            context,
            record: SpanRecord(name: operationName, kind: kind, parent: parent, start: instant().nanosecondsSinceEpoch),
            isRecording: isSampled,
            queue: queue
        )
    }

    /// Nothing waits for this: spans are sent soon, and all that there are when the process stops.
    public func forceFlush() {}

    public func extract<Carrier, Extract: Extractor>(
        _ carrier: Carrier,
        into context: inout InstrumentationContext,
        using extractor: Extract
    ) where Extract.Carrier == Carrier {
        guard let text = extractor.extract(key: "traceparent", from: carrier) else { return }
        context.trace = TraceContext(traceparent: text)
    }

    public func inject<Carrier, Inject: Injector>(
        _ context: InstrumentationContext,
        into carrier: inout Carrier,
        using injector: Inject
    ) where Inject.Carrier == Carrier {
        guard let trace = context.trace else { return }
        injector.inject(trace.traceparent, forKey: "traceparent", into: &carrier)
    }
}

/// What is known of a span.
struct SpanRecord: Sendable {
    var name: String
    let kind: SpanKind
    let parent: TraceContext?
    /// Nanoseconds since 1970.
    let start: UInt64
    var end: UInt64 = 0
    var attributes: SpanAttributes = [:]
    var links: [TraceContext] = []
    var isFailed = false
}

/// A span of ours.
///
/// Events and errors are not told in their own words: those may hold what is personal. Of an error its type is.
public final class OTLPSpan: Span {
    public let context: InstrumentationContext
    public let isRecording: Bool
    private let record: Mutex<SpanRecord?>
    private let queue: SpanQueue

    init(_ context: InstrumentationContext, record: SpanRecord, isRecording: Bool, queue: SpanQueue) {
        self.context = context
        self.isRecording = isRecording
        self.record = Mutex(isRecording ? record : nil)
        self.queue = queue
    }

    public var operationName: String {
        get { record.withLock { $0?.name ?? "" } }
        set { record.withLock { $0?.name = newValue } }
    }

    public var attributes: SpanAttributes {
        get { record.withLock { $0?.attributes ?? [:] } }
        set { record.withLock { $0?.attributes = newValue } }
    }

    public func setStatus(_ status: SpanStatus) { record.withLock { $0?.isFailed = status.code == .error } }

    public func addEvent(_ event: SpanEvent) {}

    public func recordError<Instant: TracerInstant>(
        _ error: any Error,
        attributes: SpanAttributes,
        at instant: @autoclosure () -> Instant
    ) {
        record.withLock { record in
            record?.isFailed = true
            record?.attributes["error.type"] = "\(type(of: error))"
        }
    }

    public func addLink(_ link: SpanLink) {
        guard let trace = link.context.trace else { return }
        record.withLock { $0?.links.append(trace) }
    }

    public func end<Instant: TracerInstant>(at instant: @autoclosure () -> Instant) {
        let ended = record.withLock { record -> SpanRecord? in
            defer { record = nil }
            return record
        }
        guard var ended, let trace = context.trace else { return }
        ended.end = instant().nanosecondsSinceEpoch
        queue.add(EndedSpan(trace: trace, record: ended))
    }
}

/// A span that waits to be sent.
struct EndedSpan: Sendable {
    let trace: TraceContext
    let record: SpanRecord
}
