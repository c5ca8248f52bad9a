import Foundation
import Instrumentation
import Testing
import Traces
import Tracing

@testable import OTLP

@Suite("Traces")
struct TracingTests {
    static let sample = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

    @Test("a trace context is read and written as it is")
    func roundTrip() throws {
        let trace = try #require(TraceContext(traceparent: Self.sample))
        #expect(trace.traceparent == Self.sample)
        #expect(trace.traceID == "0af7651916cd43dd8448eb211c80319c" && trace.spanID == "b7ad6b7169203331")
        #expect(trace.isSampled)
        #expect(trace.next().traceID == trace.traceID && trace.next().span != trace.span)
    }

    @Test(
        "what is no trace context is none",
        arguments: [
            "", "x", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331", sample + "0", sample + "-more",
            "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
            "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b716920333é-1",
            "01-" + String(repeating: "a", count: 400),
        ]
    )
    func strangers(text: String) { #expect(TraceContext(traceparent: text) == nil) }

    @Test("a later version may say more at its end")
    func laterVersion() {
        let later = "cc" + Self.sample.dropFirst(2) + "-more"
        #expect(TraceContext(traceparent: later)?.traceparent == Self.sample)
    }

    @Test("while tracing is off nothing is begun")
    func off() {
        #expect(!Traces.isOn && Traces.current == nil)
        #expect(Traces.begin("never", .inside, after: nil) == nil)
    }

    @Test("tracing is off until somebody names a collector, and by the standard's own switch")
    func settings() throws {
        #expect(OTLPSettings(service: "leads", [:]) == nil)
        let on = ["OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318/"]
        #expect(OTLPSettings(service: "leads", on.merging(["OTEL_SDK_DISABLED": "true"]) { $1 }) == nil)
        let plain = try #require(OTLPSettings(service: "leads", on))
        #expect(plain.endpoint == "http://127.0.0.1:4318/v1/traces" && plain.resource["service.name"] == "lintel-leads")
        let more = on.merging([
            "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "https://collector/x", "OTEL_EXPORTER_OTLP_HEADERS": "a=b%20c, d=e",
            "OTEL_RESOURCE_ATTRIBUTES": "deployment.environment=test",
            "OTEL_TRACES_SAMPLER": "parentbased_traceidratio",
            "OTEL_TRACES_SAMPLER_ARG": "0.25", "OTEL_BSP_MAX_QUEUE_SIZE": "10",
        ]) { $1 }
        let full = try #require(OTLPSettings(service: "leads", more))
        #expect(full.endpoint == "https://collector/x" && full.headers == ["a: b c", "d: e"])
        #expect(full.sampler == Sampler(followsParent: true, share: 0.25))
        #expect(full.capacity == 10 && full.batch == 10 && full.resource["deployment.environment"] == "test")
    }

    @Test("who has begun a trace decides whether it is recorded; of our own the share is")
    func sampling() {
        let quarter = Sampler(followsParent: true, share: 0.25)
        #expect(quarter.samples(trace: (1, .max), parent: true))
        #expect(!quarter.samples(trace: (1, 1), parent: false))
        let recorded = (0..<4_000).filter { _ in
            quarter.samples(trace: TraceContext.beginning(isSampled: true).trace, parent: nil)
        }
        #expect((700...1_300).contains(recorded.count))
        #expect(!Sampler(name: "always_off", argument: nil).samples(trace: (1, 1), parent: true))
    }

    private func tracer(_ queue: SpanQueue, _ sampler: Sampler = .init(followsParent: true, share: 1)) -> OTLPTracer {
        OTLPTracer(sampler: sampler, queue: queue)
    }

    @Test("a span is its parent's child, ends once, and is told in OTLP's JSON")
    func telling() throws {
        let queue = SpanQueue(capacity: 10, batch: 10)
        var context = InstrumentationContext.topLevel
        context.trace = TraceContext(traceparent: Self.sample)
        let span = tracer(queue).startSpan("process x", context: context, ofKind: .consumer)
        span.attributes["messaging.batch.message_count"] = 3
        span.recordError(CancellationError())
        span.end()
        span.end()
        let ended = queue.take()
        #expect(ended.count == 1)
        let text = OTLPMessage.text(of: ended, resource: ["service.name": "lintel-x"])
        let json = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        let spans = try #require(
            ((json["resourceSpans"] as? [[String: Any]])?[0]["scopeSpans"] as? [[String: Any]])?[0]
        )
        let told = try #require((spans["spans"] as? [[String: Any]])?[0])
        #expect(told["traceId"] as? String == "0af7651916cd43dd8448eb211c80319c")
        #expect(told["parentSpanId"] as? String == "b7ad6b7169203331")
        #expect(told["kind"] as? Int == 5 && (told["status"] as? [String: Any])?["code"] as? Int == 2)
        // The members of an object have no order.
        let attributes = try #require(told["attributes"] as? [[String: Any]])
        let values = Dictionary(
            uniqueKeysWithValues: attributes.map {
                ($0["key"] as? String ?? "", $0["value"] as? [String: String] ?? [:])
            }
        )
        #expect(values["error.type"] == ["stringValue": "CancellationError"])
        #expect(values["messaging.batch.message_count"] == ["intValue": "3"])
    }

    @Test("a trace that is not recorded is carried on as such, and nothing of it is told")
    func unsampled() {
        let queue = SpanQueue(capacity: 10, batch: 10)
        var context = InstrumentationContext.topLevel
        context.trace = TraceContext(traceparent: String(Self.sample.dropLast()) + "0")
        let span = tracer(queue).startSpan("quiet", context: context, ofKind: .server)
        span.end()
        #expect(!span.isRecording && span.context.trace?.isSampled == false)
        #expect(span.context.trace?.traceID == "0af7651916cd43dd8448eb211c80319c")
        #expect(queue.take().isEmpty)
    }

    @Test("what there is no room for is dropped, and nobody waits")
    func bounded() {
        let queue = SpanQueue(capacity: 5, batch: 3)
        for _ in 0..<9 { tracer(queue).startSpan("x", context: .topLevel, ofKind: .internal).end() }
        #expect(queue.isReady)
        #expect(queue.take().count == 3)
        #expect(queue.take().count == 2)
        #expect(queue.take().isEmpty)
    }
}
