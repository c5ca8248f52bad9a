public import Instrumentation
import Synchronization
public import Tracing

/// Traces of what the program does, over swift-distributed-tracing's API.
///
/// Off unless somebody has called ``bootstrap(_:)``; then every call here costs one look at a flag.
public enum Traces {
    private static let on = Atomic(false)

    public static var isOn: Bool { on.load(ordering: .relaxed) }

    /// Sends spans to a tracer from now on; once for the process.
    public static func bootstrap(_ tracer: some Tracer) {
        InstrumentationSystem.bootstrap(tracer)
        on.store(true, ordering: .relaxed)
    }

    /// The span that the current task works in; nil outside of any, and when tracing is off.
    public static var current: TraceContext? {
        isOn ? InstrumentationContext.current?.trace : nil
    }

    /// Begins a span as a child of `parent`, or else a trace of its own; nil when tracing is off.
    ///
    /// The task's own context plays no part: what follows from a message follows from it wherever it is handled.
    public static func begin(
        _ name: @autoclosure () -> String,
        _ role: Role,
        after parent: TraceContext?,
        links: [TraceContext] = []
    ) -> OngoingSpan? {
        guard isOn else { return nil }
        let span = startSpan(name(), context: context(of: parent), ofKind: role.kind)
        for link in links { span.addLink(SpanLink(context: context(of: link), attributes: [:])) }
        return OngoingSpan(span)
    }

    /// Which side of a conversation a span is.
    public enum Role: Sendable {
        case server, client, producer, consumer, inside

        var kind: SpanKind {
            switch self {
            case .server: .server
            case .client: .client
            case .producer: .producer
            case .consumer: .consumer
            case .inside: .internal
            }
        }
    }

    private static func context(of trace: TraceContext?) -> InstrumentationContext {
        var context = InstrumentationContext.topLevel
        context.trace = trace
        return context
    }
}

/// A span that has begun.
///
/// Whoever began it ends it, once.
public struct OngoingSpan: Sendable {
    private let span: any Span

    init(_ span: any Span) { self.span = span }

    /// Where it is in its trace: what follows from it is told this.
    public var trace: TraceContext? { span.context.trace }

    /// Says something about it: never a name, a number or an address of a person.
    public func set(_ key: String, _ value: String) { span.attributes[key] = value }

    /// Gives it another name: a request has its route's once that is known.
    public func rename(_ name: String) { span.operationName = name }

    /// Says a number about it.
    public func set(_ key: String, _ value: Int) { span.attributes[key] = value }

    /// Ends it.
    public func end() { span.end() }

    /// Ends it as failed.
    ///
    /// Only the kind of the error is told: its words may hold what is personal.
    public func fail(_ what: String) {
        span.setStatus(SpanStatus(code: .error))
        span.attributes["error.type"] = what
        span.end()
    }

    /// Runs `body` in it, and ends it as failed when `body` throws.
    public func run<Result>(_ body: () async throws -> Result) async throws -> Result {
        do {
            let result = try await InstrumentationContext.$current.withValue(span.context) { try await body() }
            end()
            return result
        } catch {
            fail("\(type(of: error))")
            throw error
        }
    }
}

private enum TraceKey: InstrumentationContextKey {
    typealias Value = TraceContext
    static let nameOverride: String? = "lintel-trace"
}

extension InstrumentationContext {
    /// The span that the context stands for.
    public var trace: TraceContext? {
        get { self[TraceKey.self] }
        set { self[TraceKey.self] = newValue }
    }
}
